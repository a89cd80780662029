/** How an account is, as a chip. */
import { useTranslate } from "react-admin";

import { StatusChip } from "../shell/StatusChip";
import { conditionOf, type Subscriber, TONES } from "./condition";

export function ConditionChip({ subscriber }: { subscriber: Subscriber }) {
  const translate = useTranslate();
  const condition = conditionOf(subscriber);
  return <StatusChip tone={TONES[condition]} label={translate(`guests.condition.${condition}`)} />;
}
