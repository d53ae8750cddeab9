"""The pages. Each passes `mhifund.access`, which is why they all stand above the other apps."""
