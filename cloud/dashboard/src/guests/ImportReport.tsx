/** What a look at a file found: all well, or each bad line with what is wrong in it. */
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { useTranslate } from "react-admin";

import { count } from "../i18n/formats";
import type { Report } from "./importing";

/** More than anybody mends at once; the file tells of the rest when these are mended. */
const MOST_SHOWN = 200;

export function ImportReport({ report }: { report: Report }) {
  const translate = useTranslate();
  if (report.problem_count === 0) return <Alert severity="success">{translate("guests.import.good", { smart_count: report.lines })}</Alert>;
  return (
    <>
      <Alert severity="error">{translate("guests.import.bad", { smart_count: report.problem_count, lines: count(report.lines) })}</Alert>
      <Box sx={{ maxHeight: 280, overflow: "auto" }} tabIndex={0} role="region" aria-label={translate("guests.import.problems")}>
        <Table size="small" stickyHeader>
          <TableHead>
            <TableRow>
              {["line", "column", "message"].map((name) => (
                <TableCell key={name}>{translate(`guests.import.${name}`)}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {report.problems.slice(0, MOST_SHOWN).map((each) => (
              <TableRow key={`${each.line} ${each.column} ${each.message}`}>
                <TableCell>{count(each.line)}</TableCell>
                <TableCell dir="ltr">{each.column || "–"}</TableCell>
                <TableCell lang="en" dir="auto">
                  {each.message}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </Box>
    </>
  );
}
