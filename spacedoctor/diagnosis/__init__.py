"""From hits to findings: `judge` weighs them, `advise` ranks the remedies, `model` is what comes out."""
