"""An outside list beside a register: only here, only there, different, the same; settled, signed, never written."""
