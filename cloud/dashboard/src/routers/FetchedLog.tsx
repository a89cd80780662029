/** A log that was asked for, as it arrives: what the router had, and below it what it goes on to write, until this is left. */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect, useRef } from "react";
import { useTranslate } from "react-admin";

import { saveText } from "../api/download";
import { StatusChip, type Tone } from "../shell/StatusChip";
import { MONOSPACE } from "../shell/theme";
import { cancelCommand } from "./commands";
import { type Output, useOutput } from "./useOutput";

/** Near enough to the end to be taken along by what comes. */
const NEAR_PX = 40;

/** Ids of the commands that bring it. */
export interface Asked {
  had: string;
  goesOn: string | null;
}

interface Props {
  asked: Asked;
  search: string;
  /** Of the file it is saved as. */
  name: string;
}

/** Stops following with the page: the router would go on, and keep the next one waiting. */
function useFollowed(commandId: string | null): Output {
  const output = useOutput(commandId);
  const isOver = useRef(false);
  useEffect(() => {
    isOver.current = output.ended !== null;
  }, [output.ended]);
  useEffect(() => {
    if (commandId === null) return undefined;
    return () => {
      if (!isOver.current) cancelCommand(commandId).catch(() => undefined);
    };
  }, [commandId]);
  return output;
}

export function FetchedLog({ asked, search, name }: Props) {
  const translate = useTranslate();
  const had = useOutput(asked.had);
  const more = useFollowed(asked.goesOn);
  const text = had.text + more.text;
  const wanted = search.toLocaleLowerCase();
  const lines = wanted === "" ? [] : text.split("\n").filter((line) => line.toLocaleLowerCase().includes(wanted));
  const refused = [had, more].find((each) => each.ended !== null && each.ended !== "succeeded" && each.message !== "");
  return (
    <Stack spacing={1.5}>
      <Stack direction="row" spacing={1.5} useFlexGap sx={{ flexWrap: "wrap", alignItems: "center" }}>
        <State had={had} more={asked.goesOn === null ? null : more} />
        {wanted !== "" && <Typography color="textSecondary">{translate("routers.logs.found", { smart_count: lines.length })}</Typography>}
        {text !== "" && (
          <Button startIcon={<DownloadIcon />} onClick={() => saveText(text, `${name}.log`)}>
            {translate("routers.logs.save")}
          </Button>
        )}
      </Stack>
      {refused && (
        <Alert severity="warning">
          <span lang="en" dir="auto">
            {refused.message}
          </span>
        </Alert>
      )}
      <Text text={wanted === "" ? text : lines.join("\n")} />
    </Stack>
  );
}

function stateOf(had: Output, more: Output | null): { tone: Tone; word: string } {
  if (had.ended === null) return { tone: "busy", word: "logs.waiting" };
  if (more !== null && more.ended === null) return { tone: "good", word: "logs.following" };
  const { ended } = more ?? had;
  return { tone: ended === "succeeded" ? "good" : "bad", word: `state.${ended ?? ""}` };
}

function State({ had, more }: { had: Output; more: Output | null }) {
  const translate = useTranslate();
  const { tone, word } = stateOf(had, more);
  return <StatusChip tone={tone} label={translate(`routers.${word}`)} />;
}

/** Stays at the end while one looks at the end. */
function Text({ text }: { text: string }) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text]);
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = box.current ?? { scrollHeight: 0, scrollTop: 0, clientHeight: 0 };
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  };
  return (
    <Box ref={box} component="pre" dir="ltr" tabIndex={0} onScroll={onScroll} sx={{ margin: 0, padding: 1.5, height: "55vh", overflow: "auto", bgcolor: "background.default", borderRadius: 1, fontFamily: MONOSPACE, fontSize: 12, lineHeight: 1.5, whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {text}
    </Box>
  );
}
