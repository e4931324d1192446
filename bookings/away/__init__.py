"""A consultant is away and somebody stands in: each call booked on those days is asked about first."""
