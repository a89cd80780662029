/** What is changed of a plan holds for everyone who has it; open sessions are told where their router takes it. */
import Alert from "@mui/material/Alert";
import { Edit, SaveButton, SimpleForm, Toolbar, useTranslate } from "react-admin";

import { PlanForm } from "./PlanForm";

export default function PlanEdit() {
  const translate = useTranslate();
  return (
    <Edit mutationMode="pessimistic" redirect="show" actions={false}>
      <SimpleForm toolbar={<Toolbar><SaveButton /></Toolbar>} sx={{ maxWidth: 720 }}>
        <Alert severity="info" sx={{ width: "100%", marginBlockEnd: 2 }}>
          {translate("guests.plan.change_text")}
        </Alert>
        <PlanForm />
      </SimpleForm>
    </Edit>
  );
}
