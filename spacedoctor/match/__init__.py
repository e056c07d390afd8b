"""From clean blocks to hits: `engine` finds candidates, `matcher` confirms them, `sections` sorts them into boots and builds."""
