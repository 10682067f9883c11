package dev.fleetwright.adapters.ssh;

import dev.fleetwright.core.target.TargetBinding;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The settings of one target of kind `ssh`, checked.
///
/// @param hosts in the order to go through them
/// @param key the file of the private key
/// @param passphrase the file of its passphrase, where it has one
/// @param knownHosts the file of pinned host keys
/// @param hostKeys host keys that are pinned in the configuration itself: lines of `known_hosts`,
///   or bare keys that hold for each host of this target
/// @param directory below which places are kept on each host; relative to the login's home
/// @param keep how many releases stay on a host, the live one among them
record SshSettings(
    List<Host> hosts,
    String user,
    Path key,
    Optional<Path> passphrase,
    Path knownHosts,
    List<String> hostKeys,
    String directory,
    Duration connectWithin,
    int keep) {

  private static final Set<String> KEYS =
      Set.of(
          "hosts",
          "user",
          "port",
          "key",
          "passphrase",
          "known_hosts",
          "host_keys",
          "directory",
          "connect_within",
          "max_unavailable",
          "keep",
          // For the planner, which writes them into components.
          "variables");
  private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@+-]{0,63}\\$?");
  private static final Pattern DIRECTORY =
      Pattern.compile("/?[A-Za-z0-9_][A-Za-z0-9._@+-]*(/[A-Za-z0-9_][A-Za-z0-9._@+-]*)*");
  private static final Pattern MAX_UNAVAILABLE =
      Pattern.compile("[1-9][0-9]{0,5}|([1-9][0-9]?|100)%");

  SshSettings {
    hosts = List.copyOf(hosts);
    hostKeys = List.copyOf(hostKeys);
  }

  /// Read the settings of a binding.
  ///
  /// @param home the home folder of the server's user
  /// @throws IllegalArgumentException that names all that is wrong, one line each, and what to
  ///   write
  static SshSettings of(TargetBinding binding, Path home) {
    return new Reader(binding, home).read();
  }

  /// Collects problems, so that a person who made three mistakes hears of three.
  private static final class Reader {
    private final TargetBinding binding;
    private final Path home;
    private final List<String> problems = new ArrayList<>();

    Reader(TargetBinding binding, Path home) {
      this.binding = binding;
      this.home = home;
    }

    SshSettings read() {
      unknownKeys();
      var hosts = hosts();
      var user = text("user").orElse("");
      if (user.isEmpty()) {
        problems.add("`user` is missing; write the login on the hosts, such as `user: deploy`");
      } else if (!USER.matcher(user).matches()) {
        problems.add("`user: " + user + "` is no login");
      }
      var settings =
          new SshSettings(
              hosts,
              user,
              file("key").orElse(home.resolve(".ssh/id_ed25519")),
              file("passphrase"),
              file("known_hosts").orElse(home.resolve(".ssh/known_hosts")),
              binding.settings().list("host_keys"),
              directory(),
              connectWithin(),
              keep());
      maxUnavailable();
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "target `" + binding.name() + "`: " + String.join("\n", problems));
      }
      return settings;
    }

    private void unknownKeys() {
      binding.settings().values().keySet().stream()
          .map(key -> key.split("\\.", 2)[0])
          .distinct()
          .filter(key -> !KEYS.contains(key))
          .forEach(
              key -> problems.add("`" + key + "` is not a setting of an ssh target; remove it"));
    }

    private List<Host> hosts() {
      var port = number("port", Host.SSH_PORT, 1, 65_535);
      var hosts = new LinkedHashMap<String, Host>();
      for (var text : binding.settings().list("hosts")) {
        var host = Host.parse(text, port);
        if (host.isEmpty()) {
          problems.add(
              "`hosts: "
                  + text
                  + "` is no host; write `name`, `name:port` or, for IPv6, `[address]:port`");
        } else if (hosts.put(text, host.get()) != null) {
          problems.add("`hosts: " + text + "` is there twice; remove one");
        }
      }
      if (hosts.isEmpty() && problems.stream().noneMatch(p -> p.startsWith("`hosts"))) {
        problems.add("`hosts` is missing; write `hosts: [edge-1.example, edge-2.example]`");
      }
      return List.copyOf(hosts.values());
    }

    private Optional<Path> file(String key) {
      var text = text(key);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      var path = text.get().startsWith("file:") ? text.get().substring("file:".length()) : "";
      if (path.startsWith("~/")) {
        return Optional.of(home.resolve(path.substring(2)));
      }
      if (!path.startsWith("/")) {
        // The value may be a key that somebody pasted: it must not come back in a message.
        problems.add("`" + key + "` is no reference to a file; write `" + key + ": file:/path`");
        return Optional.empty();
      }
      return Optional.of(Path.of(path));
    }

    private String directory() {
      var directory = text("directory").orElse("fleetwright");
      if (!DIRECTORY.matcher(directory).matches()) {
        problems.add(
            "`directory: "
                + directory
                + "` is no folder that can be used; write an absolute path, or one below the login's"
                + " home, of letters, digits and `._@+-`, with no part that starts with a dot");
      }
      return directory;
    }

    private Duration connectWithin() {
      var text = text("connect_within").orElse("10 s");
      var within = Spoken.duration(text).filter(d -> d.toSeconds() <= 120);
      if (within.isEmpty()) {
        problems.add("`connect_within: " + text + "` is no time up to 2 min; write `10 s`");
      }
      return within.orElse(Duration.ofSeconds(10));
    }

    private int keep() {
      // The one that is live and the one to go back to.
      return number("keep", 5, 2, 1000);
    }

    private void maxUnavailable() {
      text("max_unavailable")
          .filter(text -> !MAX_UNAVAILABLE.matcher(text).matches())
          .ifPresent(text ->
              problems.add(
                  "`max_unavailable: " + text + "` is no number of hosts; write `1` or `25%`"));
    }

    private int number(String key, int fallback, int least, int most) {
      var text = text(key);
      if (text.isEmpty()) {
        return fallback;
      }
      if (text.get().matches("\\d{1,5}")) {
        var number = Integer.parseInt(text.get());
        if (number >= least && number <= most) {
          return number;
        }
      }
      problems.add("`" + key + ": " + text.get() + "` is no number from " + least + " to " + most);
      return fallback;
    }

    private Optional<String> text(String key) {
      return binding.settings().text(key);
    }
  }
}
