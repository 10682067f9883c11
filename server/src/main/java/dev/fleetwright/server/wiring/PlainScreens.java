package dev.fleetwright.server.wiring;

import dev.fleetwright.api.Failure;
import dev.fleetwright.server.http.Screens;
import java.util.Optional;

/// Pages of a server that has no pages.
final class PlainScreens implements Screens {

  @Override
  public String login(Optional<String> complaint, String next) {
    return page(
        complaint.map(c -> "<p>" + escaped(c) + "</p>").orElse("")
            + "<form method=\"post\" action=\"/login\"><input name=\"token\" type=\"password\""
            + " aria-label=\"Token\"><input name=\"next\" type=\"hidden\" value=\""
            + escaped(next)
            + "\"><button>Sign in</button></form>");
  }

  @Override
  public String failure(int status, Failure failure, boolean signedIn) {
    return page(
        "<p>" + escaped(failure.message()) + "</p><p>" + escaped(failure.remedy()) + "</p>");
  }

  private static String page(String body) {
    return "<!doctype html><html lang=\"en\"><title>Fleetwright</title><body>" + body;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
