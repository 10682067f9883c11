package dev.fleetwright.server.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.fleetwright.api.Json;
import dev.fleetwright.api.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Reads the body of a request as a record, and says everything that is wrong with it.
final class RequestBody {

  private RequestBody() {}

  /// @throws Refusal when it is something else
  static <B extends Record> B read(byte[] bytes, Class<B> type) throws IOException {
    var problems = new ArrayList<Problem>();
    try {
      checkFields(bytes, type, problems);
      if (problems.isEmpty()) {
        return Json.strict().readValue(bytes, type);
      }
    } catch (JacksonException e) {
      problems.add(problem(e));
    }
    throw Refusal.malformed(
        "the request's body is not what this route takes",
        "see the route in /api/v1/openapi.json",
        problems);
  }

  /// Jackson stops at the first field; whoever misspelt one wants to hear of that and not of the
  /// one that is missing because of it.
  private static void checkFields(byte[] bytes, Class<?> type, List<Problem> problems)
      throws IOException {
    var known = new LinkedHashMap<String, Boolean>();
    for (var component : type.getRecordComponents()) {
      known.put(Json.name(component.getName()), component.getType() != Optional.class);
    }
    var given = new TreeSet<String>();
    try (var parser = Json.strict().createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        problems.add(
            problem(parser.currentTokenLocation(), "it is not a JSON object", Optional.empty()));
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        var name = parser.currentName();
        given.add(name);
        if (!known.containsKey(name)) {
          problems.add(
              problem(
                  parser.currentTokenLocation(),
                  "`" + shortened(name) + "` is not a field here",
                  Optional.of("the fields are: " + String.join(", ", known.keySet()))));
        }
        parser.nextToken();
        parser.skipChildren();
      }
    }
    known.forEach((name, required) -> {
      if (required && !given.contains(name)) {
        problems.add(
            problem(JsonLocation.NA, "the field `" + name + "` is missing", Optional.of("add it")));
      }
    });
  }

  private static Problem problem(JacksonException e) {
    var location = Optional.ofNullable(e.getLocation()).orElse(JsonLocation.NA);
    return e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()
        ? problem(
            location,
            "the field `" + field(mapping) + "` is not of the kind that it should be",
            Optional.empty())
        : problem(location, "it is not JSON", Optional.empty());
  }

  private static Problem problem(JsonLocation at, String message, Optional<String> remedy) {
    return new Problem(
        Optional.empty(),
        Math.max(0, at.getLineNr()),
        Math.max(0, at.getColumnNr()),
        Problem.Severity.ERROR,
        message,
        remedy);
  }

  private static String field(JsonMappingException e) {
    var names = new StringBuilder();
    for (var step : e.getPath()) {
      if (step.getFieldName() == null) {
        names.append('[').append(step.getIndex()).append(']');
      } else {
        names.append(names.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return shortened(names.toString());
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
