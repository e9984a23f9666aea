// An answer of the server, passed on to the Draw tab as an event. `props.topic` names it.
watch("value", () => {
  if (props.value) document.dispatchEvent(new CustomEvent(props.topic, { detail: props.value }));
});
