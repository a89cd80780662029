/** A day and a time by the viewer's clock; the form holds the instant, as the API wants it. */
import { DateTimeInput, type DateTimeInputProps } from "react-admin";

/** `datetime-local` speaks the viewer's zone, the API UTC. */
function toInstant(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
}

export function InstantInput(props: DateTimeInputProps) {
  return <DateTimeInput {...props} parse={toInstant} />;
}
