package dev.fleetwright.adapters.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/// The host keys that a target trusts, in the format of OpenSSH's `known_hosts` (sshd(8)): plain,
/// hashed and `[host]:port` names, wildcards, `@revoked`. A host that is not in here is a stranger;
/// nothing is ever learnt from the network.
///
/// `@cert-authority` lines trust nobody here: the client offers no certificate algorithms, so a
/// host shows its plain key, and that has to be pinned.
final class PinnedKeys {

  /// A file that no honest use fills.
  private static final long LARGEST_FILE = 16 << 20;

  /// What is thought of a key that a host showed.
  sealed interface Verdict {
    record Trusted() implements Verdict {}

    /// Not to be trusted.
    ///
    /// @param reason with the fingerprint, and the line that would pin the key where that is the
    ///   remedy
    record Distrusted(String reason) implements Verdict {}
  }

  private record Line(String source, Optional<KnownHostEntry> names, String marker, PublicKey key) {
    boolean matches(Host host) {
      return names.isEmpty() || names.get().isHostMatch(host.address(), host.port());
    }
  }

  private final List<Line> lines;
  private final Path file;

  private PinnedKeys(List<Line> lines, Path file) {
    this.lines = List.copyOf(lines);
    this.file = file;
  }

  /// Read the file, which may be missing, and the keys of the configuration.
  ///
  /// @throws IOException if the file cannot be read
  /// @throws IllegalArgumentException if a key of the configuration is none
  static PinnedKeys read(Path file, List<String> inline) throws IOException {
    var lines = new ArrayList<Line>();
    for (var text : inline) {
      lines.add(
          inline(text)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "`host_keys: "
                          + text
                          + "` is no host key; write `ssh-ed25519 AAAA…` or a line of"
                          + " known_hosts")));
    }
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new IOException(file + " is larger than " + LARGEST_FILE + " bytes");
      }
      for (var text : Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()) {
        // As OpenSSH does, a line that cannot be understood trusts nobody and stops nothing.
        line(text, file.toString()).ifPresent(lines::add);
      }
    } catch (NoSuchFileException e) {
      // Keys may all be in the configuration; without any, every host is a stranger.
    }
    return new PinnedKeys(lines, file);
  }

  /// What to think of this key of this host.
  Verdict judge(Host host, PublicKey shown) {
    var mine = lines.stream().filter(l -> l.matches(host)).toList();
    var print = KeyUtils.getKeyType(shown) + " " + KeyUtils.getFingerPrint(shown);
    if (mine.stream().anyMatch(l -> l.marker().equals("revoked") && same(l.key(), shown))) {
      return new Verdict.Distrusted(
          host + " shows the host key " + print + ", which is marked @revoked: do not trust it");
    }
    var pins = mine.stream().filter(l -> l.marker().isEmpty()).toList();
    if (pins.stream().anyMatch(l -> same(l.key(), shown))) {
      return new Verdict.Trusted();
    }
    var add = "`" + host.knownHostsName() + " " + PublicKeyEntry.toString(shown) + "`";
    if (!pins.isEmpty()) {
      var pinned = pins.getFirst();
      return new Verdict.Distrusted(
          "THE HOST KEY OF "
              + host
              + " HAS CHANGED: it shows "
              + print
              + ", but "
              + pinned.source()
              + " pins "
              + KeyUtils.getKeyType(pinned.key())
              + " "
              + KeyUtils.getFingerPrint(pinned.key())
              + ". Somebody may be in between. Only if the host was set up anew, replace the line by "
              + add);
    }
    var authority =
        mine.stream().anyMatch(l -> l.marker().equals("cert-authority"))
            ? " A @cert-authority line names it, but host certificates are not supported."
            : "";
    return new Verdict.Distrusted(
        host
            + " shows the host key "
            + print
            + ", which is not pinned."
            + authority
            + " Compare it with `ssh-keygen -lf` on the host itself; if it is the same, add "
            + add
            + " to "
            + file
            + " or to `host_keys`");
  }

  /// What is pinned, as text; equal when the same keys are.
  List<String> texts() {
    return lines.stream().map(l -> l.marker() + " " + PublicKeyEntry.toString(l.key())).toList();
  }

  /// The key types that are pinned for a host, so that it is asked for a key that can be checked.
  Set<String> types(Host host) {
    var types = new LinkedHashSet<String>();
    lines.stream()
        .filter(l -> l.marker().isEmpty() && l.matches(host))
        .forEach(l -> types.add(KeyUtils.getKeyType(l.key())));
    return types;
  }

  private static boolean same(PublicKey a, PublicKey b) {
    return KeyUtils.compareKeys(a, b);
  }

  private static Optional<Line> inline(String text) {
    try {
      var key = PublicKeyEntry.parsePublicKeyEntry(text.strip()).resolvePublicKey(null, null, null);
      if (key != null) {
        return Optional.of(new Line("host_keys", Optional.empty(), "", key));
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      // Then it should be a line with names.
    }
    return line(text, "host_keys");
  }

  private static Optional<Line> line(String text, String source) {
    try {
      var entry = KnownHostEntry.parseKnownHostEntry(text);
      if (entry == null) {
        return Optional.empty();
      }
      var key = entry.getKeyEntry().resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
      if (key == null) {
        return Optional.empty();
      }
      var marker = entry.getMarker() == null ? "" : entry.getMarker();
      return Optional.of(new Line(source, Optional.of(entry), marker, key));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
