package dev.fleetwright.server.http;

import dev.fleetwright.server.auth.BrowserDoor;
import dev.fleetwright.server.auth.Caller;
import dev.fleetwright.server.auth.Failures;
import dev.fleetwright.server.auth.TokenDoor;
import io.javalin.http.Context;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Decides for each request whether its route may be entered, before anything else is looked at.
///
/// A token travels in the header `Authorization`; a browser has a cookie instead. A browser sends
/// its cookie also when a foreign page makes it ask, so with a cookie it is checked that a page of
/// this server asks: by the headers `Sec-Fetch-Site` and `Origin`, which a page cannot forge.
final class Doorkeeper {

  private static final String BEARER = "Bearer ";

  /// Longer than any token; what is longer is not hashed.
  private static final int LONGEST = 200;

  private final TokenDoor tokens;
  private final BrowserDoor browsers;
  private final Failures failures;
  private final PublicAddress address;

  Doorkeeper(TokenDoor tokens, BrowserDoor browsers, Failures failures, PublicAddress address) {
    this.tokens = tokens;
    this.browsers = browsers;
    this.failures = failures;
    this.address = address;
  }

  /// Let a request in.
  ///
  /// @return who calls; empty where that is not asked
  Optional<Caller> admit(Route route, Context context) {
    return switch (route.access()) {
      case SIGNED, RUNNER -> Optional.empty();
      case OPEN -> {
        if (route.method().unsafe()) {
          checkAskedByOurPage(context);
        }
        yield Optional.empty();
      }
      case SIGNED_IN -> Optional.of(signedIn(route, context));
    };
  }

  /// Who holds this token.
  Caller byToken(String text, Context context) {
    return Optional.of(text)
        .filter(t -> t.length() <= LONGEST)
        .flatMap(tokens::caller)
        .orElseThrow(() -> failed(context));
  }

  /// Note that somebody tried what they have no right to.
  Refusal failed(Context context) {
    return failures.tooMany(source(context))
        ? Refusal.tooMany("too many failed attempts from your address", failures.window())
        : Refusal.notSignedIn();
  }

  private Caller signedIn(Route route, Context context) {
    var header = context.req().getHeader("Authorization");
    if (header != null) {
      if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        throw failed(context);
      }
      return byToken(header.substring(BEARER.length()).strip(), context);
    }
    var caller =
        Optional.ofNullable(context.cookie(address.cookie()))
            .filter(c -> c.length() <= LONGEST)
            .flatMap(browsers::caller)
            .orElseThrow(Refusal::notSignedIn);
    // A page may be opened from anywhere; what programs read, and what changes things, may not.
    if (route.method().unsafe() || route.forPrograms()) {
      checkAskedByOurPage(context);
    }
    return caller;
  }

  private void checkAskedByOurPage(Context context) {
    var site = Optional.ofNullable(context.req().getHeader("Sec-Fetch-Site"));
    var origin = Optional.ofNullable(context.req().getHeader("Origin"));
    var host = Optional.ofNullable(context.req().getHeader("Host"));
    var foreignSite = site.filter(s -> !s.equals("same-origin") && !s.equals("none")).isPresent();
    var foreignOrigin = origin.filter(o -> !address.ours(o, host)).isPresent();
    var unknown = site.isEmpty() && origin.isEmpty();
    if (foreignSite || foreignOrigin || unknown) {
      throw Refusal.forbidden(
          "this was not asked by a page of this server",
          "ask from its own pages, or send a token in the header `Authorization`; behind a proxy,"
              + " start the server with its public URL");
    }
  }

  /// The caller's address; of IPv6 the first half, because one customer has the rest.
  static String source(Context context) {
    var text = context.req().getRemoteAddr();
    try {
      // Never asks a name server: it is an address.
      var bytes = InetAddress.getByName(text).getAddress();
      return bytes.length == 4 ? text : HexFormat.of().formatHex(Arrays.copyOf(bytes, 8));
    } catch (UnknownHostException e) {
      return text;
    }
  }
}
