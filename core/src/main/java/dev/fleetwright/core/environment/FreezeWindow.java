package dev.fleetwright.core.environment;

import java.time.ZoneId;

/// A time in which nothing new is deployed, again and again: from each time of one cron expression
/// to the next time of another, as GitLab's deploy freezes are written. `Fri 16:00` to `Mon 08:00`
/// is such a pair too.
///
/// @param name for people, as the file says it
/// @param from five fields of cron: when it begins
/// @param to when it ends
/// @param zone whose clocks are meant, with their daylight saving time
public record FreezeWindow(String name, String from, String to, ZoneId zone) {}
