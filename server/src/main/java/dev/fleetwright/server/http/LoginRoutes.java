package dev.fleetwright.server.http;

import dev.fleetwright.api.LoginLink;
import dev.fleetwright.core.secret.Secret;
import dev.fleetwright.server.auth.BrowserDoor;
import dev.fleetwright.server.auth.Caller;
import dev.fleetwright.server.auth.LoginCodes;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signing a browser in and out.
final class LoginRoutes {

  private static final Logger log = LoggerFactory.getLogger(LoginRoutes.class);

  private final Doorkeeper doorkeeper;
  private final BrowserDoor browsers;
  private final LoginCodes codes;
  private final PublicAddress address;
  private final Screens screens;
  private final Clock clock;

  LoginRoutes(
      Doorkeeper doorkeeper,
      BrowserDoor browsers,
      LoginCodes codes,
      PublicAddress address,
      Screens screens,
      Clock clock) {
    this.doorkeeper = doorkeeper;
    this.browsers = browsers;
    this.codes = codes;
    this.address = address;
    this.screens = screens;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/login", Access.OPEN, "The page on which a token is entered.").page(this::show),
        Route.post("/login", Access.OPEN, "Sign this browser in.").page(this::signIn),
        Route.post("/logout", Access.SIGNED_IN, "Sign this browser out.").page(this::signOut),
        Route.post(
                "/api/v1/login-links",
                Access.SIGNED_IN,
                "A link that signs one browser in, once, within five minutes.")
            .giving(LoginLink.class)
            .as(201)
            .by(this::link));
  }

  private void show(Call call) {
    var next = next(call.query("next"));
    var code = call.query("code");
    if (code.isEmpty()) {
      call.html(200, screens.login(Optional.empty(), next));
      return;
    }
    // A foreign page must not sign somebody in as somebody else; from a terminal or by hand the
    // header says `none`.
    var foreign =
        call.header("Sec-Fetch-Site")
            .filter(s -> !s.equals("none") && !s.equals("same-origin"))
            .isPresent();
    var caller = foreign ? Optional.<Caller>empty() : codes.use(code.get());
    if (caller.filter(browsers::still).isPresent()) {
      enter(call, caller.get(), next);
    } else {
      var tooMany = doorkeeper.failed(call.context()).status() == 429;
      call.html(
          tooMany ? 429 : 401,
          screens.login(Optional.of("That link was used or is too old; ask for a new one."), next));
    }
  }

  private void signIn(Call call) throws IOException {
    var form = call.form();
    var next = next(Optional.ofNullable(form.get("next")));
    try {
      var token = form.getOrDefault("token", "").strip();
      enter(call, doorkeeper.byToken(token, call.context()), next);
    } catch (Refusal refusal) {
      var complaint =
          refusal.status() == 429
              ? "Too many failed attempts; wait a minute."
              : "That token opens nothing here.";
      call.html(refusal.status(), screens.login(Optional.of(complaint), next));
    }
  }

  private void enter(Call call, Caller caller, String next) {
    setCookie(call.context(), browsers.signIn(caller), BrowserDoor.LONGEST.toSeconds());
    log.atInfo()
        .addKeyValue("who", caller.actor())
        .addKeyValue("from", Doorkeeper.source(call.context()))
        .log("browser signed in");
    call.goTo(next);
  }

  private void signOut(Call call) {
    browsers.signOut(call.caller());
    setCookie(call.context(), Secret.of(""), 0);
    call.context().header("Clear-Site-Data", "\"cache\", \"storage\"");
    log.atInfo().addKeyValue("who", call.actor()).log("browser signed out");
    call.goTo("/login");
  }

  private LoginLink link(Call call) {
    var expires = clock.instant().plus(LoginCodes.LIFE);
    return new LoginLink(address.of("/login?code=" + codes.make(call.caller()).reveal()), expires);
  }

  private void setCookie(Context context, Secret value, long seconds) {
    context
        .res()
        .addHeader(
            "Set-Cookie",
            address.cookie()
                + "="
                + value.reveal()
                + "; Path=/; Max-Age="
                + seconds
                + "; HttpOnly; SameSite=Strict"
                + (address.https() ? "; Secure" : ""));
  }

  private static String next(Optional<String> asked) {
    return asked.map(n -> LocalPath.or(n, "/")).orElse("/");
  }
}
