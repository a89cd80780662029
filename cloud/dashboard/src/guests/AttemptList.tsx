/** Logins of the last 30 days, and why some were refused. */
import LoginIcon from "@mui/icons-material/LoginOutlined";
import { AutocompleteInput, ReferenceInput, SelectInput, TextInput, useTranslate } from "react-admin";

import { ListPage } from "../shell/ListPage";
import { Message } from "../shell/Message";
import { When } from "../shell/When";
import { AttemptColumns, Outcome } from "./AttemptColumns";
import { type Attempt, OUTCOMES, outcomeInWords } from "./words";

const PHONE = {
  primary: (record: unknown) => (record as Attempt).username,
  secondary: (record: unknown) => (
    <>
      <When at={(record as Attempt).at} relative /> <span lang="en">{(record as Attempt).reason}</span>
    </>
  ),
  end: (record: unknown) => <Outcome attempt={record as Attempt} />,
};

export default function AttemptList() {
  const translate = useTranslate();
  const outcomes = OUTCOMES.map((id) => ({ id, name: outcomeInWords(translate, id) }));
  const filters = [
    <TextInput key="username" source="username" alwaysOn resettable slotProps={{ htmlInput: { dir: "ltr" } }} />,
    <SelectInput key="outcome" source="outcome" alwaysOn emptyText="app.any" choices={outcomes} />,
    <ReferenceInput key="router" source="router_id" reference="routers">
      <AutocompleteInput filterToQuery={(search: string) => ({ search })} />
    </ReferenceInput>,
  ];
  return (
    <ListPage
      filters={filters}
      sort={{ field: "id", order: "DESC" }}
      phone={PHONE}
      row={false}
      empty={<Message icon={LoginIcon} title={translate("guests.attempt.empty")} text={translate("guests.attempt.empty_text")} />}
    >
      <AttemptColumns />
    </ListPage>
  );
}
