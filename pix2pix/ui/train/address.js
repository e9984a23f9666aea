// Where on the Hub the model is now.
watch("value", () => {
  const root = element.querySelector("[data-address]");
  const address = props.value ?? "";
  root.replaceChildren();
  if (!/^https?:\/\//.test(address)) return;
  root.append(text("hub_done"), " ", make("a", "", address, { href: address, target: "_blank", rel: "noopener" }));
});
