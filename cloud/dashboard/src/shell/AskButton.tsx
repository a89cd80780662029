/** A button that says first what it is going to do. */
import Button from "@mui/material/Button";
import { type ReactNode, useState } from "react";
import { Confirm, useTranslate } from "react-admin";

import { useDoing } from "./useDoing";

interface Props {
  /** Translation keys: the button's word, what it does, and what is said when it worked. */
  word: string;
  text: string;
  done?: string;
  /** What `%{name}` stands for in the texts. */
  name?: string;
  icon?: ReactNode;
  color?: "primary" | "error" | "warning";
  disabled?: boolean;
  work: () => Promise<unknown>;
}

export function AskButton({ word, text, done, name = "", icon, color = "primary", disabled = false, work }: Props) {
  const translate = useTranslate();
  const { busy, run } = useDoing();
  const [asking, setAsking] = useState(false);
  const confirm = async () => {
    await run(work, done);
    setAsking(false);
  };
  return (
    <>
      <Button color={color} startIcon={icon} disabled={disabled} onClick={() => setAsking(true)}>
        {translate(word)}
      </Button>
      <Confirm
        isOpen={asking}
        loading={busy}
        title={translate(word)}
        content={translate(text, { name })}
        confirm={translate(word)}
        {...(color !== "primary" && { confirmColor: "warning" as const })}
        onConfirm={() => void confirm()}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
