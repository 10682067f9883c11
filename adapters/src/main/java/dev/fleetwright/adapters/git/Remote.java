package dev.fleetwright.adapters.git;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jgit.transport.URIish;

/// Where a repository is fetched from, after every check that its text needs.
///
/// What a text could do that a person did not mean (`ext::sh -c …`, `--upload-pack=…`, a password
/// in the address) is refused here, in one place, before anything is opened.
sealed interface Remote {

  /// What JGit is given.
  URIish address();

  /// A repository on this machine.
  record Local(Path path) implements Remote {
    @Override
    public URIish address() {
      // Not parsed from text: a colon in the path would make a host of its first part.
      return new URIish().setPath(path.toString());
    }
  }

  /// A repository behind `https`.
  record Https(String host, URIish address) implements Remote {

    /// Host and port: who is asked.
    String authority() {
      return address.getPort() > 0 ? host + ":" + address.getPort() : host;
    }
  }

  /// Read an address.
  ///
  /// @param allowLocal whether repositories on this machine and on its loopback may be fetched
  /// @throws IOException naming what is refused and what to write instead
  static Remote of(String repository, boolean allowLocal) throws IOException {
    if (repository.isBlank() || repository.length() > 2048) {
      throw new IOException("a repository needs an address of 1 to 2048 characters");
    }
    if (repository.startsWith("-") || repository.chars().anyMatch(Character::isISOControl)) {
      throw new IOException("a repository's address is neither an option nor several lines");
    }
    if (repository.startsWith("/")) {
      return local(repository, allowLocal);
    }
    var parts = Words.SCHEME.matcher(repository);
    if (!parts.matches()) {
      throw new IOException(
          Words.SCP_LIKE.matcher(repository).matches()
              ? Words.NO_SSH
              : "not the address of a repository: write https://… or an absolute path");
    }
    return switch (parts.group("scheme").toLowerCase(Locale.ROOT)) {
      case "https" -> https(repository);
      case "file" -> local(filePath(repository), allowLocal);
      case "ssh", "git+ssh", "ssh+git" -> throw new IOException(Words.NO_SSH);
      case "http", "git", "ftp", "ftps" ->
          throw new IOException(
              "an address whose connection is not encrypted is refused: write https://…");
      default ->
          throw new IOException(
              "`" + parts.group("scheme") + "` is no way to fetch a repository: write https://…");
    };
  }

  private static Remote https(String repository) throws IOException {
    URI uri;
    URIish address;
    try {
      uri = new URI(repository);
      address = new URIish(repository);
    } catch (URISyntaxException e) {
      // Without the cause: its text repeats the address, which may hold a password.
      throw new IOException("not a readable https address");
    }
    if (uri.getRawUserInfo() != null || address.getUser() != null || address.getPass() != null) {
      throw new IOException(
          "the repository's address holds a user name or password: remove it; a credential is"
              + " named by reference and never part of an address");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IOException("a repository's address has no `?` and no `#`");
    }
    var host = uri.getHost();
    // Two parsers that disagree about the host are how a check is walked around.
    if (host == null || host.startsWith("-") || !host.equals(address.getHost())) {
      throw new IOException("the repository's address has no readable host");
    }
    return new Https(host.toLowerCase(Locale.ROOT), address);
  }

  private static Remote local(String text, boolean allowLocal) throws IOException {
    if (!allowLocal) {
      throw new IOException(
          "repositories on the server's own machine are not allowed here: write https://…");
    }
    try {
      var path = Path.of(text).normalize();
      if (!Files.isDirectory(path)) {
        throw new IOException("there is no folder " + path);
      }
      for (var dotGit : List.of(path, path.resolve(".git"))) {
        if (Files.exists(dotGit.resolve("shallow"))) {
          throw new IOException(
              path + " holds only a part of its history: run `git fetch --unshallow` in it first");
        }
      }
      return new Local(path);
    } catch (InvalidPathException e) {
      throw new IOException("not a path on this machine", e);
    }
  }

  private static String filePath(String repository) throws IOException {
    try {
      var uri = new URI(repository);
      var elsewhere = uri.getRawAuthority() != null && !uri.getRawAuthority().isEmpty();
      if (elsewhere || uri.getPath() == null || !uri.getPath().startsWith("/")) {
        throw new IOException("a file address is file:///absolute/path");
      }
      return uri.getPath();
    } catch (URISyntaxException e) {
      throw new IOException("not a readable file address", e);
    }
  }

  /// Patterns and sentences that more than one check needs.
  final class Words {
    // `ext::sh` is no scheme: after the name comes one colon, and then no second one.
    private static final Pattern SCHEME =
        Pattern.compile("(?<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?!:).*");
    private static final Pattern SCP_LIKE = Pattern.compile("[^/:]+@[^/:]+:(?!:).*");
    private static final String NO_SSH =
        "repositories over ssh are not supported yet: write their https:// address";

    private Words() {}
  }
}
