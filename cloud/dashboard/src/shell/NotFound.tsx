/** An address that leads nowhere, or nowhere this account may go. */
import Button from "@mui/material/Button";
import { Title, useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { Message } from "./Message";

export function NotFound() {
  const translate = useTranslate();
  return (
    <>
      <Title title={translate("app.not_found.title")} />
      <Message
        title={translate("app.not_found.title")}
        text={translate("app.not_found.text")}
        action={
          <Button component={Link} to="/" variant="contained">
            {translate("app.not_found.home")}
          </Button>
        }
      />
    </>
  );
}
