/** What an Admin may do with a host: stop its guests' logins, let them in again, hand out and erase what is known about its people. */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import EraseIcon from "@mui/icons-material/DeleteForeverOutlined";
import PauseIcon from "@mui/icons-material/PauseCircleOutlined";
import ResumeIcon from "@mui/icons-material/PlayCircleOutlined";
import Button from "@mui/material/Button";
import { useTranslate } from "react-admin";

import { api } from "../api/client";
import { saveFile } from "../api/download";
import type { Host } from "../api/types";
import { AskButton } from "../shell/AskButton";
import { useDoing } from "../shell/useDoing";

export function HostActions({ host }: { host: Host }) {
  const translate = useTranslate();
  const { run } = useDoing();
  const params = { path: { host_id: host.id } };
  return (
    <>
      <Button startIcon={<DownloadIcon />} onClick={() => void run(() => saveFile(`/api/v1/hosts/${host.id}/export`, `host-${host.id}.json`))}>
        {translate("administration.host.export")}
      </Button>
      {host.suspended_at ? (
        <>
          <AskButton
            word="administration.host.erase"
            text="administration.host.erase_text"
            done="administration.host.erased"
            name={host.name}
            icon={<EraseIcon />}
            color="error"
            work={() => api.POST("/api/v1/hosts/{host_id}/erase", { params })}
          />
          <AskButton
            word="administration.host.resume"
            text="administration.host.resume_text"
            name={host.name}
            icon={<ResumeIcon />}
            work={() => api.POST("/api/v1/hosts/{host_id}/resume", { params })}
          />
        </>
      ) : (
        <AskButton
          word="administration.host.suspend"
          text="administration.host.suspend_text"
          name={host.name}
          icon={<PauseIcon />}
          color="warning"
          work={() => api.POST("/api/v1/hosts/{host_id}/suspend", { params })}
        />
      )}
    </>
  );
}
