/** Whether a host's guests may log in. */
import { useTranslate } from "react-admin";

import type { Host } from "../api/types";
import { StatusChip } from "../shell/StatusChip";

export function HostChip({ host }: { host: Pick<Host, "suspended_at"> }) {
  const translate = useTranslate();
  if (host.suspended_at) return <StatusChip tone="warn" label={translate("administration.host.suspended")} />;
  return <StatusChip tone="good" label={translate("administration.host.active")} />;
}
