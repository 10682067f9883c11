package dev.fleetwright.kubernetes.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.google.re2j.Pattern;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Looks at a chart before it is rendered.
final class ChartCheck {

  /// Template functions whose answer is another one each time.
  private static final Pattern VARIES =
      Pattern.compile(
          "\\b(randAlphaNum|randAlpha|randAscii|randNumeric|randBytes|randInt|uuidv4|now|genPrivateKey"
              + "|genCA|genCAWithKey|genSelfSignedCert|genSelfSignedCertWithKey|genSignedCert"
              + "|genSignedCertWithKey|htpasswd|bcrypt|derivePassword|encryptAES|shuffle|ago|date)\\b");

  private static final long LARGEST_SCHEMA = 1 << 20;

  private ChartCheck() {}

  /// Everything that is wrong with it.
  ///
  /// A schema may name others by address: Helm would read them from the disk or fetch them.
  static List<String> problems(Path chart) throws IOException {
    var problems = new ArrayList<String>();
    if (!Files.isRegularFile(chart.resolve("Chart.yaml"))) {
      problems.add("there is no `Chart.yaml`");
    }
    try (var walk = Files.walk(chart)) {
      for (var file : walk.filter(it -> it.endsWith("values.schema.json")).sorted().toList()) {
        var name = chart.relativize(file).toString();
        if (Files.size(file) > LARGEST_SCHEMA) {
          problems.add(name + " is larger than 1 MB");
        } else {
          references(file).stream()
              .filter(to -> !to.startsWith("#"))
              .forEach(to ->
                  problems.add(
                      "%s refers to `%s`, which is somewhere else; put it under `$defs` of the file"
                          .formatted(name, to)));
        }
      }
    }
    return problems;
  }

  private static List<String> references(Path schema) throws IOException {
    var found = new TreeSet<String>();
    try (var parser = new JsonFactory().createParser(Files.readAllBytes(schema))) {
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME
            && List.of("$ref", "$dynamicRef", "$recursiveRef").contains(parser.currentName())
            && parser.nextToken() == JsonToken.VALUE_STRING) {
          found.add(parser.getText());
        }
      }
    } catch (JsonProcessingException _) {
      // Helm says so too, and in its own words.
      return List.copyOf(found);
    }
    return List.copyOf(found);
  }

  /// The templates that may render differently each time.
  static List<String> varying(Path chart) throws IOException {
    var found = new ArrayList<String>();
    try (var walk = Files.walk(chart)) {
      for (var file :
          walk.filter(it -> it.toString().contains("/templates/") && Files.isRegularFile(it))
              .sorted()
              .toList()) {
        if (VARIES.matcher(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)).find()) {
          found.add(chart.relativize(file).toString());
        }
      }
    }
    return found;
  }
}
