package dev.fleetwright.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A moment that a person named on the command line.
record Later(Instant toInstant) {

  /// Without a zone, the clocks of the machine on which the command was typed are meant.
  static Later read(String text, ZoneId here) {
    try {
      return new Later(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException _) {
      return new Later(LocalDateTime.parse(text).atZone(here).toInstant());
    }
  }

  static final class Reader implements ITypeConverter<Later> {
    @Override
    public Later convert(String text) {
      try {
        return read(text, ZoneId.systemDefault());
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "`" + text + "` is no time; write for example 2026-12-01T09:00 or 2026-12-01T09:00Z");
      }
    }
  }
}
