package dev.fleetwright.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.fleetwright.api.Json;
import java.io.UncheckedIOException;

/// JSON on one line, for programs that read a stream.
final class Oneline {

  private Oneline() {}

  static String json(Object value) {
    try {
      return Json.lenient().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing " + value.getClass().getSimpleName(), e);
    }
  }
}
