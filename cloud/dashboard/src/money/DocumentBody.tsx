/** The lines of a document in words, its taxes and its totals; the same for what is billed and for what would be. */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import IconButton from "@mui/material/IconButton";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { useNotify, useTranslate } from "react-admin";

import { saveFile } from "../api/download";
import { messageOf } from "../api/problems";
import { money } from "../i18n/formats";
import { daysInWords, exactBytes, type Line, lineInWords, type Preview, quantityInWords, rateInWords, taxInWords } from "./documentWords";

const WIDE_ONLY = { display: { xs: "none", sm: "table-cell" } };

/** Kinds of lines that there are records behind. */
const WITH_RECORDS: ReadonlySet<Line["kind"]> = new Set(["usage", "late_usage", "sales_share", "late_sales"]);

/** Without an id: a document that is not written, which has no evidence to fetch. */
type Shown = Omit<Preview, "host_id"> & { id?: string; reference?: string | null };

export function DocumentBody({ document }: { document: Shown }) {
  return (
    <Card>
      <Lines document={document} />
      <Totals document={document} />
    </Card>
  );
}

function Lines({ document }: { document: Shown }) {
  const translate = useTranslate();
  return (
    <Table size="small">
      <TableHead>
        <TableRow>
          <TableCell>{translate("money.column.item")}</TableCell>
          <TableCell align="right" sx={WIDE_ONLY}>
            {translate("money.column.quantity")}
          </TableCell>
          <TableCell align="right" sx={WIDE_ONLY}>
            {translate("money.column.tax")}
          </TableCell>
          <TableCell align="right">{translate("money.column.amount")}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {document.lines.map((line) => (
          <LineRow key={line.position} line={line} document={document} />
        ))}
      </TableBody>
    </Table>
  );
}

function LineRow({ line, document }: { line: Line; document: Shown }) {
  const translate = useTranslate();
  const quantity = quantityInWords(translate, line);
  const exact = exactBytes(translate, line);
  return (
    <TableRow>
      <TableCell>
        {lineInWords(translate, line)}
        {document.id !== undefined && WITH_RECORDS.has(line.kind) && <Evidence document={document} line={line} />}
        <Typography variant="caption" color="textSecondary" component="div">
          {daysInWords(line, document)}
          <Box component="span" sx={{ display: { sm: "none" } }}>
            {" "}
            {quantity}
          </Box>
        </Typography>
      </TableCell>
      <TableCell align="right" sx={WIDE_ONLY}>
        {exact ? (
          <Tooltip title={exact}>
            <span>{quantity}</span>
          </Tooltip>
        ) : (
          quantity
        )}
      </TableCell>
      <TableCell align="right" sx={WIDE_ONLY}>
        {line.tax_category === "standard" ? rateInWords(line.tax_rate_percent) : "–"}
      </TableCell>
      <TableCell align="right" sx={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}>
        {money(line.amount_minor, document.currency)}
      </TableCell>
    </TableRow>
  );
}

function Evidence({ document, line }: { document: Shown; line: Line }) {
  const translate = useTranslate();
  const notify = useNotify();
  const save = async () => {
    const path = `/api/v1/invoices/${document.id ?? ""}/lines/${line.position}/evidence`;
    const name = `${document.reference ?? `draft-${document.period}`}-line-${line.position}.csv`;
    try {
      await saveFile(path, name.replaceAll("/", "-"));
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <Tooltip title={translate("money.evidence")}>
      <IconButton size="small" onClick={() => void save()} aria-label={`${translate("money.evidence")}: ${lineInWords(translate, line)}`}>
        <DownloadIcon fontSize="small" />
      </IconButton>
    </Tooltip>
  );
}

function Totals({ document }: { document: Shown }) {
  const translate = useTranslate();
  const { currency } = document;
  const rows: [string, number, boolean?][] = [
    [translate("money.subtotal"), document.subtotal_minor],
    ...document.taxes.map((group): [string, number] => [
      translate("money.tax_of", { tax: taxInWords(translate, group.category, group.rate_percent), net: money(group.net_minor, currency) }),
      group.tax_minor,
    ]),
    [translate("money.total"), document.total_minor, true],
  ];
  return (
    <Box component="dl" sx={{ display: "grid", gridTemplateColumns: "1fr max-content", columnGap: 3, rowGap: 0.5, margin: 0, marginInlineStart: "auto", padding: 2, maxWidth: 480 }}>
      {rows.map(([name, minor, strong]) => (
        <Box key={name} sx={{ display: "contents", "& > *": { fontWeight: strong ? 650 : undefined } }}>
          <Typography component="dt" color={strong ? undefined : "textSecondary"}>
            {name}
          </Typography>
          <Typography component="dd" sx={{ margin: 0, textAlign: "end", fontVariantNumeric: "tabular-nums" }}>
            {money(minor, currency)}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
