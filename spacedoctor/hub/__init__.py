"""The Hub: answers in time (`client`), log streams (`stream`), the facts in them (`state`), a whole Space (`patient`)."""
