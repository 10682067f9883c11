package dev.fleetwright.adapters.registry;

import com.google.cloud.tools.jib.api.InsecureRegistryException;
import com.google.cloud.tools.jib.api.RegistryAuthenticationFailedException;
import com.google.cloud.tools.jib.api.RegistryUnauthorizedException;
import com.google.cloud.tools.jib.http.ResponseException;
import com.google.cloud.tools.jib.registry.RegistryCredentialsNotSentException;
import dev.fleetwright.core.image.ImageName;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What an exception of jib means, and what to do about it.
sealed interface Trouble {

  /// The registry knows no such image.
  record NotThere() implements Trouble {}

  /// Asking again is useless.
  record ForGood(String why) implements Trouble {}

  /// Asking again may help.
  record Passing(String why) implements Trouble {}

  int UNAUTHORIZED = 401;
  int FORBIDDEN = 403;
  int NOT_FOUND = 404;
  int REQUEST_TIMEOUT = 408;
  int TOO_MANY = 429;
  int FIRST_OF_SERVER = 500;

  /// @param logins where credentials come from; empty when there are none
  static Trouble of(Exception e, ImageName image, Optional<Path> logins) {
    if (e instanceof LoginFile.Unusable) {
      return new ForGood(String.valueOf(e.getMessage()));
    }
    var answer = first(e, ResponseException.class);
    if (answer != null) {
      return answered(answer, image, logins);
    } else if (first(e, RegistryCredentialsNotSentException.class) != null) {
      return new ForGood(
          "the registry %s asks for credentials and is not encrypted; they are not sent to it like that: let it speak HTTPS"
              .formatted(image.registry()));
    } else if (first(e, InsecureRegistryException.class) != null
        || first(e, SSLException.class) != null) {
      return new ForGood(
          "the registry %s shows no certificate that this server believes (%s); if it is meant to be spoken to all the same, write `insecure: true` at it under `registries`"
              .formatted(image.registry(), reason(e)));
    } else if (first(e, RegistryUnauthorizedException.class) != null
        || (first(e, RegistryAuthenticationFailedException.class) != null
            && first(e, IOException.class) == null)) {
      return refused(image, logins);
    } else if (first(e, UnknownHostException.class) != null) {
      return new Passing(
          "the registry %s cannot be found: there is no such host".formatted(image.registry()));
    } else if (first(e, IOException.class) != null) {
      return new Passing(
          "the registry %s cannot be reached, or does not answer as it should: %s"
              .formatted(image.registry(), reason(e)));
    }
    return new ForGood("the registry %s: %s".formatted(image.registry(), reason(e)));
  }

  private static Trouble answered(
      ResponseException answer, ImageName image, Optional<Path> logins) {
    var status = answer.getStatusCode();
    if (status == UNAUTHORIZED || status == FORBIDDEN) {
      return refused(image, logins);
    } else if (status == NOT_FOUND) {
      return new NotThere();
    } else if (status == TOO_MANY || status == REQUEST_TIMEOUT || status >= FIRST_OF_SERVER) {
      return new Passing(
          "the registry %s answers %d at the moment".formatted(image.registry(), status));
    }
    return new ForGood("the registry %s answers %d".formatted(image.registry(), status));
  }

  private static Trouble refused(ImageName image, Optional<Path> logins) {
    return new ForGood(
        logins
            .map(file ->
                "the registry %s refuses us %s with the credentials of %s; renew them with `podman login --authfile %s %s`"
                    .formatted(image.registry(), image.place(), file, file, image.registry()))
            .orElseGet(() ->
                "the registry %s asks for credentials for %s, and this server has none: write them with `podman login --authfile FILE %s` and start the server with `--registry-auth FILE`"
                    .formatted(image.registry(), image.place(), image.registry())));
  }

  private static <T extends Throwable> @Nullable T first(Throwable e, Class<T> kind) {
    var seen = new HashSet<Throwable>();
    for (@Nullable Throwable cause = e;
        cause != null && seen.add(cause);
        cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return kind.cast(cause);
      }
    }
    return null;
  }

  /// The innermost says what went wrong, the outer ones what for.
  private static String reason(Throwable e) {
    var seen = new HashSet<Throwable>();
    var innermost = e;
    while (innermost.getCause() != null && seen.add(innermost)) {
      innermost = innermost.getCause();
    }
    return innermost.getMessage() == null
        ? innermost.getClass().getSimpleName()
        : innermost.getMessage();
  }
}
