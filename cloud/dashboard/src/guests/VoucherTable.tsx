/** The codes of a batch, by number; which state is in the address. */
import Button from "@mui/material/Button";
import Box from "@mui/material/Box";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import { useState } from "react";
import { Confirm, DataTable, ListBase, Pagination, ReferenceField, useNotify, useRefresh, useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { Message } from "../shell/Message";
import { StatusChip } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";
import { useMay } from "../shell/useMe";
import { When } from "../shell/When";
import { revokeVoucher, STATES, TONES, type Voucher } from "./vouchers";

const ALL = "all";
interface Props {
  batchId: string;
  state: Voucher["state"] | null;
  onChoose: (state: Voucher["state"] | null) => void;
}

export function VoucherTable({ batchId, state, onChoose }: Props) {
  const translate = useTranslate();
  const writes = useMay("guests", "write");
  return (
    <ListBase resource="vouchers" filter={{ batch_id: batchId, state }} perPage={50} disableSyncWithLocation>
      <Box sx={{ padding: 1.5 }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={state ?? ALL}
          onChange={(_, chosen: Voucher["state"] | typeof ALL | null) => chosen && onChoose(chosen === ALL ? null : chosen)}
          aria-label={translate("guests.voucher.states")}
          sx={{ flexWrap: "wrap" }}
        >
          {[ALL, ...STATES].map((each) => (
            <ToggleButton key={each} value={each}>
              {translate(each === ALL ? "guests.voucher.all" : `guests.voucher.state.${each}`)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </Box>
      <DataTable
        bulkActionButtons={false}
        rowClick={(id, _resource, record) => ((record as Voucher).revoked_at === null ? `/subscribers/${id}/show` : false)}
        size="small"
        empty={<Message title={translate("app.list.no_match")} />}
      >
        <DataTable.Col source="number" align="right" disableSort />
        <DataTable.Col source="code" disableSort render={(record) => <Box component="span" dir="ltr" sx={{ fontFamily: MONOSPACE, whiteSpace: "nowrap" }}>{(record as Voucher).code}</Box>} />
        <DataTable.Col source="state" disableSort render={(record) => <State voucher={record as Voucher} />} />
        <DataTable.Col source="first_used_at" disableSort render={(record) => <When at={(record as Voucher).first_used_at} />} />
        <DataTable.Col source="first_router_id" disableSort>
          <ReferenceField source="first_router_id" reference="routers" link={false} empty="–" />
        </DataTable.Col>
        <DataTable.Col source="valid_until" disableSort render={(record) => <When at={(record as Voucher).valid_until} />} />
        {writes && <DataTable.Col label={false} source="id" disableSort render={(record) => <Revoke voucher={record as Voucher} />} />}
      </DataTable>
      <Pagination />
    </ListBase>
  );
}

function State({ voucher }: { voucher: Voucher }) {
  const translate = useTranslate();
  return <StatusChip tone={TONES[voucher.state]} label={translate(`guests.voucher.state.${voucher.state}`)} />;
}

function Revoke({ voucher }: { voucher: Voucher }) {
  const translate = useTranslate();
  const notify = useNotify();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const revoke = async () => {
    setAsking(false);
    try {
      await revokeVoucher(voucher.id);
      refresh();
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  if (voucher.state === "revoked") return null;
  return (
    // A click here is none on the row.
    <div onClick={(event) => event.stopPropagation()}>
      <Button color="error" onClick={() => setAsking(true)}>
        {translate("guests.voucher.revoke")}
      </Button>
      <Confirm
        isOpen={asking}
        title={translate("guests.voucher.revoke_title", { code: voucher.code })}
        content={translate("guests.voucher.revoke_text")}
        onConfirm={() => void revoke()}
        onClose={() => setAsking(false)}
      />
    </div>
  );
}
