/** How a router is, as a chip; on hover, what asks for attention. */
import { useTranslate } from "react-admin";

import type { Router } from "../api/types";
import { StatusChip } from "../shell/StatusChip";
import { conditionOf, TONES } from "./condition";

export function ConditionChip({ router }: { router: Router }) {
  const translate = useTranslate();
  const condition = conditionOf(router);
  const why = (router.attention ?? []).map((each) => translate(`routers.attention.${each}`));
  return (
    <StatusChip tone={TONES[condition]} label={translate(`routers.condition.${condition}`)} {...(why.length > 0 && { why: why.join("; ") })} />
  );
}
