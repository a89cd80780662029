/** A report's table: wide ones are scrolled inside, so that the page is not. */
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { useTranslate } from "react-admin";

export interface Column<Row> {
  /** Its name is `money.report.<name>`. */
  name: string;
  shown: (row: Row) => string;
  /** Figures stand at the end. */
  end?: boolean;
}

interface Props<Row> {
  rows: readonly Row[];
  totals?: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
}

const FIGURE = { fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" } as const;

export function ReportTable<Row>({ rows, totals = [], columns, keyOf }: Props<Row>) {
  const translate = useTranslate();
  const cells = (row: Row) =>
    columns.map((column) => (
      <TableCell key={column.name} align={column.end ? "right" : "left"} sx={column.end ? FIGURE : {}}>
        {column.shown(row)}
      </TableCell>
    ));
  return (
    <TableContainer tabIndex={0} role="region" aria-label={translate("money.reports.title")}>
      <Table size="small">
        <TableHead>
          <TableRow>
            {columns.map((column) => (
              <TableCell key={column.name} align={column.end ? "right" : "left"} sx={{ whiteSpace: "nowrap" }}>
                {translate(`money.report.${column.name}`)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={keyOf(row)}>{cells(row)}</TableRow>
          ))}
          {totals.map((row) => (
            <TableRow key={keyOf(row)} sx={{ "& td": { fontWeight: 650 } }}>
              {cells(row)}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
