/** Wireless clients with their signal, as of the last time the router read them. */
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useTranslate } from "react-admin";

import type { Schemas } from "../api/types";
import { bytes, rate } from "../i18n/formats";
import { Message } from "../shell/Message";
import { StatusChip, type Tone } from "../shell/StatusChip";
import { When } from "../shell/When";
import type { TabProps } from "./RouterShow";

/** From these dBm on a signal is good, or still usable. */
const GOOD_DBM = -67;
const FAIR_DBM = -75;
const KBPS = 1000;

function strength(dbm: number): [Tone, string] {
  if (dbm >= GOOD_DBM) return ["good", "good"];
  return dbm >= FAIR_DBM ? ["warn", "fair"] : ["bad", "weak"];
}

export default function ClientsTab({ router }: TabProps) {
  const translate = useTranslate();
  const sample = router.latest_sample;
  const clients = Object.entries(sample?.clients ?? {}).sort(([, a], [, b]) => (b.signal_dbm ?? -999) - (a.signal_dbm ?? -999));
  if (clients.length === 0) return <Message title={translate("routers.clients.empty")} text={translate("routers.clients.empty_text")} />;
  const columns = ["mac", "signal", "interface", "speed", "sent", "received"];
  return (
    <>
      <Typography color="textSecondary" gutterBottom>
        {translate("routers.clients.as_of")} <When at={sample?.clients_at} relative />
      </Typography>
      <TableContainer tabIndex={0} role="region" aria-label={translate("routers.tab.clients")}>
        <Table size="small">
          <TableHead>
            <TableRow>
              {columns.map((name) => (
                <TableCell key={name}>{translate(`routers.clients.${name}`)}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {clients.map(([mac, client]) => (
              <ClientRow key={mac} mac={mac} client={client} />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </>
  );
}

function ClientRow({ mac, client }: { mac: string; client: Schemas["ClientOut"] }) {
  const translate = useTranslate();
  const [tone, word] = strength(client.signal_dbm ?? -999);
  const speed = (kbps: number | null) => (kbps === null ? "–" : rate(kbps * KBPS));
  return (
    <TableRow hover>
      <TableCell dir="ltr">{mac}</TableCell>
      <TableCell>
        {client.signal_dbm === null ? "–" : <StatusChip tone={tone} label={`${translate(`routers.clients.${word}`)} \u2066${client.signal_dbm} dBm\u2069`} />}
      </TableCell>
      <TableCell dir="ltr">{client.interface}</TableCell>
      <TableCell>{`${speed(client.tx_rate_kbps)} / ${speed(client.rx_rate_kbps)}`}</TableCell>
      <TableCell>{bytes(client.tx_bytes)}</TableCell>
      <TableCell>{bytes(client.rx_bytes)}</TableCell>
    </TableRow>
  );
}
