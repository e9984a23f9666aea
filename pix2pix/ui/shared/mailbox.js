// An answer of the server, passed on to its tab as an event. `props.topic` names it. What went wrong is said in the
// visitor's language.
watch("value", () => {
  const value = props.value;
  if (!value) return;
  const wrong = ["error", "critic_error"].filter((key) => value[key]);
  const detail = wrong.length ? { ...value, ...Object.fromEntries(wrong.map((key) => [key, told(value[key])])) } : value;
  document.dispatchEvent(new CustomEvent(props.topic, { detail }));
});
