package dev.fleetwright.store;

import dev.fleetwright.core.engine.StoreUnavailable;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/// Where the database is. Holds no password.
sealed interface DatabaseUrl {

  /// A file of our own.
  record Sqlite(Path file) implements DatabaseUrl {}

  /// A server.
  ///
  /// @param name of the database
  /// @param options as the PostgreSQL JDBC driver names them; and `password_file`
  record Postgresql(String host, int port, String name, String user, Map<String, String> options)
      implements DatabaseUrl {

    /// For messages and logs.
    String shown() {
      return "postgresql://%s@%s:%d/%s".formatted(user, host, port, name);
    }

    /// What the driver is asked for.
    String jdbc() {
      return "jdbc:postgresql://%s:%d/%s"
          .formatted(host, port, URLEncoder.encode(name, StandardCharsets.UTF_8));
    }

    /// Everything else that the driver is told. Without a password from us it looks into the file
    /// that libpq has too.
    Properties properties() {
      var properties = new Properties();
      properties.setProperty("user", user);
      properties.setProperty("ApplicationName", "fleetwright");
      properties.setProperty("connectTimeout", "5");
      properties.setProperty("tcpKeepAlive", "true");
      // A server that is stopped in the middle of a transaction keeps rows locked, and keeps others
      // from taking over, for no longer than this (reliability R8).
      properties.setProperty("options", "-c idle_in_transaction_session_timeout=3000");
      options.forEach(properties::setProperty);
      properties.remove(PASSWORD_FILE);
      properties.remove(NOTIFICATIONS);
      password().ifPresent(password -> properties.setProperty("password", password));
      return properties;
    }

    /// Whether servers tell each other by `LISTEN` and `NOTIFY`.
    boolean notifications() {
      return !options.getOrDefault(NOTIFICATIONS, "on").equals("off");
    }

    private Optional<String> password() {
      var file = options.get(PASSWORD_FILE);
      if (file == null) {
        return Optional.ofNullable(System.getenv("PGPASSWORD"));
      }
      try {
        return Optional.of(Files.readString(Path.of(file)).strip());
      } catch (IOException e) {
        throw new StoreUnavailable("reading the database's password from " + file, e);
      }
    }
  }

  /// `off` where they cannot get through, as with a connection pooler that gives a connection to
  /// others after each transaction. Everything works without them, up to a second later.
  String NOTIFICATIONS = "notifications";

  /// Names a file whose only line is the password.
  String PASSWORD_FILE = "password_file";

  /// Read `sqlite:PATH`, `postgresql://USER@HOST:PORT/DATABASE?OPTION=VALUE` or the same with
  /// `jdbc:` before it.
  ///
  /// @throws IllegalArgumentException if it is something else, or holds a password
  static DatabaseUrl of(String url) {
    var plain = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
    if (plain.startsWith("sqlite:") && plain.length() > "sqlite:".length()) {
      return new Sqlite(Path.of(plain.substring("sqlite:".length())));
    } else if (plain.startsWith("postgresql:") || plain.startsWith("postgres:")) {
      return postgresql(URI.create(plain));
    }
    throw new IllegalArgumentException(
        "not a database URL; write sqlite:PATH or postgresql://USER@HOST/DATABASE");
  }

  private static Postgresql postgresql(URI url) {
    var options = new LinkedHashMap<String, String>();
    if (url.getRawQuery() != null) {
      for (var option : url.getRawQuery().split("&", -1)) {
        var sign = option.indexOf('=');
        if (sign > 0) {
          options.put(decoded(option.substring(0, sign)), decoded(option.substring(sign + 1)));
        }
      }
    }
    var login = url.getRawUserInfo() == null ? "" : url.getRawUserInfo();
    if (login.contains(":") || options.containsKey("password")) {
      throw new IllegalArgumentException(
          "a database URL is no place for a password: it is seen in lists of processes and in"
              + " logs; set PGPASSWORD, keep it in ~/.pgpass, or name a file with ?password_file=");
    }
    var user = login.isEmpty() ? options.remove("user") : decoded(login);
    options.remove("user");
    var name = url.getPath() == null ? "" : url.getPath().replaceFirst("^/", "");
    var userName = user == null ? System.getProperty("user.name", "postgres") : user;
    return new Postgresql(
        url.getHost() == null ? "localhost" : url.getHost(),
        url.getPort() < 0 ? 5432 : url.getPort(),
        name.isEmpty() ? userName : name,
        userName,
        Map.copyOf(options));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
