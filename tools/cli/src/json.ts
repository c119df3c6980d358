/** Ids and amounts as strings: JSON's numbers are too short for them. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field),
    2,
  );
}
