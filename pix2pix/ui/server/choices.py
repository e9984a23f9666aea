"""Values that a page sends but may not: refused in one sentence, before any listener sees them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pix2pix.messages import Message
from pix2pix.ui.server.language import told


class CheckedBlocks(gr.Blocks):
    """Blocks whose listeners get no choice that was not offered.

    Gradio prints a traceback for such a choice, which takes no more than a changed page or a list from before
    a restart. Here it is one sentence for the page; a listener without ``preprocess`` checks for itself.
    """

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False
    ) -> Any:
        """Gradio's, which calls it for each event; a component that refuses its value prints nothing."""
        if block_fn.preprocess:
            for block, value in zip(block_fn.inputs, inputs, strict=False):  # Gradio checks their number
                own = state is not None and block._id in state  # the visitor's list may have changed
                if not _is_offered(block, state[block._id] if own else block, value):
                    raise gr.Error(told(Message("page.not_offered")), print_exception=False)
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except gr.Error as error:
            error.print_exception = False
            raise


def _is_offered(built: Any, now: Any, value: object) -> bool:
    """Whether a component, as it was built and as this visitor has it now, can have the value."""
    if not isinstance(now, (gr.Dropdown, gr.Radio)):
        return True
    if value is None:
        return built.value is None
    return value in [choice for _, choice in now.choices]
