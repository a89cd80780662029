/** What every list of alerts shows of one: how bad, what, about whom, and where it stands. */
import Typography from "@mui/material/Typography";
import { useTranslate } from "react-admin";
import { Link } from "react-router-dom";

import { StatusChip } from "../shell/StatusChip";
import { useMe } from "../shell/useMe";
import { When } from "../shell/When";
import { type Alert, SEVERITY_TONES, STATE_TONES, subjectAddress, whatInWords } from "./words";

export function SeverityChip({ alert }: { alert: Pick<Alert, "severity"> }) {
  const translate = useTranslate();
  return <StatusChip tone={SEVERITY_TONES[alert.severity]} label={translate(`alerts.severity.${alert.severity}`)} />;
}

export function StateChip({ alert }: { alert: Alert }) {
  const translate = useTranslate();
  return <StatusChip tone={STATE_TONES[alert.state]} label={translate(`alerts.state.${alert.state}`)} {...(alert.note && { why: alert.note })} />;
}

/** What is wrong; a second line says about whom: as a link, by name where the whole row is one, or not on their own page. */
export function What({ alert, subject = "link" }: { alert: Alert; subject?: "link" | "name" | "none" }) {
  const translate = useTranslate();
  return (
    <>
      <Typography component="span" variant="body2" sx={{ fontWeight: 600, display: "block" }}>
        {whatInWords(translate, alert)}
      </Typography>
      {subject !== "none" && (
        <Typography component="span" variant="body2">
          {subject === "link" ? <Subject alert={alert} /> : <bdi>{alert.name}</bdi>}
        </Typography>
      )}
    </>
  );
}

export function Subject({ alert }: { alert: Alert }) {
  const translate = useTranslate();
  const to = subjectAddress(alert, useMe());
  if (alert.name === null) return <>{alert.host_id === null ? translate("alerts.installation") : null}</>;
  if (to === null) return <bdi>{alert.name}</bdi>;
  return (
    <Link to={to} onClick={(event) => event.stopPropagation()}>
      <bdi>{alert.name}</bdi>
    </Link>
  );
}

/** Since when, and until when where it is over. */
export function Span({ alert }: { alert: Alert }) {
  const translate = useTranslate();
  return (
    <>
      <When at={alert.raised_at} relative />
      {alert.cleared_at && (
        <Typography component="span" variant="caption" color="textSecondary" sx={{ display: "block" }}>
          {translate("alerts.over")} <When at={alert.cleared_at} relative />
        </Typography>
      )}
    </>
  );
}
