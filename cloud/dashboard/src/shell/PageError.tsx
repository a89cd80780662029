/** A page that broke: what is wrong in a sentence, and a way on. */
import ErrorIcon from "@mui/icons-material/ErrorOutlined";
import Button from "@mui/material/Button";
import { useTranslate } from "react-admin";

import { messageOf } from "../api/problems";
import { Message } from "./Message";

interface Props {
  error?: Error;
  resetErrorBoundary?: () => void;
}

export function PageError({ error, resetErrorBoundary }: Props) {
  const translate = useTranslate();
  return (
    <Message
      icon={ErrorIcon}
      title={translate("app.problem.title")}
      text={translate(messageOf(error), { _: messageOf(error) })}
      action={
        <Button variant="contained" onClick={() => (resetErrorBoundary ?? (() => location.reload()))()}>
          {translate("app.problem.again")}
        </Button>
      }
    />
  );
}
