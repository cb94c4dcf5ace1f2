/** The product's mark: a gate. */
export function Mark() {
  return (
    <svg
      viewBox="0 0 32 32"
      width="24"
      height="24"
      aria-hidden="true"
      fill="currentColor"
      color="var(--mantine-primary-color-filled)"
    >
      <path d="M4 4h6v4h4V4h4v4h4V4h6v24h-9v-7a3 3 0 0 0-6 0v7H4z" />
    </svg>
  );
}
