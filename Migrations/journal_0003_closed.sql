-- Lists show the trades that were closed last first.
CREATE INDEX round_trip_closed ON round_trip (closed_ms, id);
