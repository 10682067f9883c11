package dev.fleetwright.adapters.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.cloud.tools.jib.api.Credential;
import dev.fleetwright.core.image.ImageName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Who we are to registries, as `podman login` and `docker login` write it
/// (https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md). An entry may be
/// for a part of a registry, `registry.example/shop`; the closest one counts.
///
/// It is read whenever it is needed, so that a password that was renewed counts at once.
final class LoginFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Path> places;

  private LoginFile(List<Path> places) {
    this.places = List.copyOf(places);
  }

  /// @param chosen the operator's; empty for the usual places, of which the first that is there
  ///   counts
  static LoginFile at(Optional<Path> chosen) {
    if (chosen.isPresent()) {
      return new LoginFile(List.of(chosen.get()));
    }
    var home = Path.of(System.getProperty("user.home"));
    return new LoginFile(
        Stream.of(
                Optional.ofNullable(System.getenv("REGISTRY_AUTH_FILE")).map(Path::of),
                Optional.ofNullable(System.getenv("XDG_RUNTIME_DIR"))
                    .map(folder -> Path.of(folder, "containers/auth.json")),
                Optional.of(home.resolve(".config/containers/auth.json")),
                Optional.ofNullable(System.getenv("DOCKER_CONFIG"))
                    .map(folder -> Path.of(folder, "config.json")),
                Optional.of(home.resolve(".docker/config.json")))
            .flatMap(Optional::stream)
            .toList());
  }

  /// The file cannot be used. What stands in it is not told.
  static final class Unusable extends Exception {
    Unusable(String what) {
      super(what);
    }
  }

  /// The file that counts, for messages; empty when there is none.
  Optional<Path> file() {
    return places.stream().filter(Files::exists).findFirst();
  }

  /// Who we are to the registry of an image; empty for nobody.
  Optional<Credential> of(ImageName image) throws Unusable {
    var file = file();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    var root = read(file.get());
    for (var key : keys(image)) {
      var entry = root.path("auths").path(key);
      if (!entry.isMissingNode()) {
        return Optional.of(credential(entry, key, file.get()));
      }
    }
    var program = root.path("credHelpers").path(image.registry());
    if (program.isTextual()) {
      throw new Unusable(
          "%s names a credential program for %s, which this server does not run; let it be written there with `podman login --authfile`"
              .formatted(file.get(), image.registry()));
    }
    return Optional.empty();
  }

  private static JsonNode read(Path file) throws Unusable {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException _) {
      throw new Unusable("%s is no JSON; write it with `podman login --authfile`".formatted(file));
    } catch (IOException e) {
      throw new Unusable(
          "%s cannot be read (%s); see whether the server's user may"
              .formatted(file, e.getClass().getSimpleName()));
    }
  }

  /// From the closest to the widest.
  private static List<String> keys(ImageName image) {
    var keys = new ArrayList<String>();
    for (var place = image.place(); place.contains("/"); ) {
      keys.add(place);
      place = place.substring(0, place.lastIndexOf('/'));
    }
    keys.add(image.registry());
    keys.add("https://" + image.registry());
    if (image.registry().equals("docker.io")) {
      keys.add("https://index.docker.io/v1/");
      keys.add("index.docker.io");
    }
    return keys;
  }

  private static Credential credential(JsonNode entry, String key, Path file) throws Unusable {
    var token = entry.path("identitytoken").asText("");
    if (!token.isEmpty()) {
      return Credential.from(Credential.OAUTH2_TOKEN_USER_NAME, token);
    }
    try {
      var both =
          new String(
              Base64.getDecoder().decode(entry.path("auth").asText("")), StandardCharsets.UTF_8);
      var colon = both.indexOf(':');
      if (colon > 0) {
        return Credential.from(both.substring(0, colon), both.substring(colon + 1));
      }
    } catch (IllegalArgumentException _) {
      // As if nothing stood there.
    }
    throw new Unusable(
        "%s has no `auth` for %s; write it with `podman login --authfile %s %s`"
            .formatted(file, key, file, key));
  }
}
