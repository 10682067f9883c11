package dev.fleetwright.api;

/// Something in a list that is damaged on record, or was written by a newer release. It is left as
/// it is; a person has to look.
///
/// @param number as people know it
/// @param why what is wrong
public record Unreadable(long id, long number, String why) {}
