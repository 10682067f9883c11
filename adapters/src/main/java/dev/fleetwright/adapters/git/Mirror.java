package dev.fleetwright.adapters.git;

import dev.fleetwright.core.project.CommitSha;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.FetchResult;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.jspecify.annotations.Nullable;

/// The bare mirror of one project.
///
/// Objects are only ever added, so a commit that was once fetched stays readable after a force push
/// or when its branch is gone: a rollback needs it. Branches and tags follow the remote.
final class Mirror implements AutoCloseable {

  private static final int SILENCE_SECONDS = 60;
  private static final List<RefSpec> EVERYTHING =
      List.of(new RefSpec("+refs/heads/*:refs/heads/*"), new RefSpec("+refs/tags/*:refs/tags/*"));
  private static final Set<RefUpdate.Result> TAKEN =
      Set.of(
          RefUpdate.Result.NEW,
          RefUpdate.Result.FORCED,
          RefUpdate.Result.FAST_FORWARD,
          RefUpdate.Result.NO_CHANGE);

  private final Path folder;
  private final ReentrantLock oneFetch = new ReentrantLock();
  private @Nullable Repository repository;

  Mirror(Path folder) {
    this.folder = folder;
  }

  /// Follow the remote. Killed at any instruction, the mirror stays usable and the next call goes
  /// on: what a dead process left half-written is removed first, under a lock that dies with its
  /// process.
  ///
  /// @param heard is told what a host answers over HTTP
  SortedMap<String, CommitSha> fetch(
      Remote remote, String spelled, boolean allowLoopback, Heard heard) throws IOException {
    try {
      oneFetch.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("waiting for another fetch of the same repository");
    }
    try {
      Files.createDirectories(folder);
      try (var channel =
              FileChannel.open(
                  folder.resolve("fleetwright.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        removeLeftovers();
        var known = opened();
        var mirror = known.isPresent() ? known.get() : create();
        remember(mirror, spelled);
        adopt(mirror, download(mirror, remote, allowLoopback, heard));
        return references(mirror);
      } catch (OverlappingFileLockException e) {
        throw new IOException("another part of this process is fetching into " + folder, e);
      }
    } finally {
      oneFetch.unlock();
    }
  }

  /// The mirror for reading, unless nothing was ever fetched.
  synchronized Optional<Repository> opened() throws IOException {
    if (!Files.exists(folder.resolve(Constants.CONFIG))) {
      // Somebody emptied the folder; what was open shows files that are gone.
      close();
      return Optional.empty();
    }
    if (repository == null) {
      repository = describe();
    }
    return Optional.of(repository);
  }

  /// Where this was last fetched from, as it was written.
  Optional<String> origin(Repository mirror) {
    return Optional.ofNullable(mirror.getConfig().getString("remote", "origin", "url"));
  }

  /// Branches and tags that lead to a commit.
  static SortedMap<String, CommitSha> references(Repository mirror) throws IOException {
    var found = new TreeMap<String, CommitSha>();
    try (var walk = new RevWalk(mirror)) {
      for (var ref : followed(mirror)) {
        var commit = commitBehind(walk, ref.getObjectId());
        commit.ifPresent(c -> found.put(ref.getName(), new CommitSha(c.name())));
      }
    }
    return found;
  }

  static List<Ref> followed(Repository mirror) throws IOException {
    return mirror.getRefDatabase().getRefsByPrefix(Constants.R_HEADS, Constants.R_TAGS);
  }

  /// The commit that an object is or, through annotated tags, points at. A tag may also point at a
  /// file or a folder; that is none.
  static Optional<RevCommit> commitBehind(RevWalk walk, @Nullable ObjectId id) throws IOException {
    if (id == null) {
      return Optional.empty();
    }
    try {
      return walk.peel(walk.parseAny(id)) instanceof RevCommit commit
          ? Optional.of(commit)
          : Optional.empty();
    } catch (MissingObjectException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void close() {
    if (repository != null) {
      repository.close();
      repository = null;
    }
  }

  private Repository describe() throws IOException {
    return new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
  }

  private synchronized Repository create() throws IOException {
    var fresh = describe();
    // The configuration is written last, so a mirror that has one is complete.
    fresh.create(true);
    repository = fresh;
    return fresh;
  }

  private static void remember(Repository mirror, String spelled) throws IOException {
    var config = mirror.getConfig();
    if (!spelled.equals(config.getString("remote", "origin", "url"))) {
      config.setString("remote", "origin", "url", spelled);
      // JGit's default leaves both to the operating system; after a loss of power the branches
      // would point at objects that are gone, and no later fetch would bring them back.
      config.setBoolean("core", null, "fsyncObjectFiles", true);
      config.setBoolean("core", null, "fsyncRefFiles", true);
      config.save();
    }
  }

  private static FetchResult download(
      Repository mirror, Remote remote, boolean allowLoopback, Heard heard) throws IOException {
    try (var transport = Transport.open(mirror, remote.address())) {
      transport.setTimeout(SILENCE_SECONDS);
      transport.setTagOpt(TagOpt.NO_TAGS);
      transport.setRemoveDeletedRefs(true);
      // Asks for the check that all objects have come. What they are named is checked when they
      // are laid out: history holds old sins that harm nobody and must not stop a fetch.
      transport.setObjectChecker(new LenientChecker());
      switch (remote) {
        case Remote.Https https -> {
          if (transport instanceof TransportHttp http) {
            http.setHttpConnectionFactory(
                new GuardedConnections(https.host(), allowLoopback, heard));
          } else {
            throw new IOException("an https address led to " + transport.getClass());
          }
        }
        case Remote.Local _ -> {}
      }
      var result = transport.fetch(new UntilInterrupted(), EVERYTHING);
      for (var update : result.getTrackingRefUpdates()) {
        if (!TAKEN.contains(update.getResult())) {
          throw new IOException(
              "`%s` could not be moved: %s".formatted(update.getLocalName(), update.getResult()));
        }
      }
      return result;
    }
  }

  /// Point our `HEAD` where the remote's points.
  private static void adopt(Repository mirror, FetchResult result) throws IOException {
    var head = result.getAdvertisedRef(Constants.HEAD);
    if (head == null) {
      return;
    }
    var branch =
        head.isSymbolic() ? Optional.of(head.getTarget().getName()) : branchAt(result, head);
    if (branch.isEmpty() || branch.get().equals(mirror.getFullBranch())) {
      return;
    }
    var update = mirror.updateRef(Constants.HEAD);
    update.disableRefLog();
    update.link(branch.get());
  }

  /// A server that does not say which branch its `HEAD` is, or has it detached: the branch is
  /// guessed as `git clone` guesses it.
  private static Optional<String> branchAt(FetchResult result, Ref head) {
    var at = head.getObjectId();
    if (at == null) {
      return Optional.empty();
    }
    for (var usual : List.of("refs/heads/main", "refs/heads/master")) {
      var branch = result.getAdvertisedRef(usual);
      if (branch != null && at.equals(branch.getObjectId())) {
        return Optional.of(usual);
      }
    }
    return result.getAdvertisedRefs().stream()
        .filter(r -> r.getName().startsWith(Constants.R_HEADS))
        .filter(r -> at.equals(r.getObjectId()))
        .map(Ref::getName)
        .findFirst();
  }

  /// Only called while no process holds the lock: whatever looks like a lock or a file in the
  /// making belongs to a process that is dead.
  private void removeLeftovers() throws IOException {
    for (var at : List.of("", "refs", "logs")) {
      var start = folder.resolve(at);
      if (Files.isDirectory(start)) {
        try (var files = Files.walk(start, at.isEmpty() ? 1 : Integer.MAX_VALUE)) {
          delete(files.filter(Mirror::isStaleLock).toList());
        }
      }
    }
    for (var at : List.of("objects", "objects/pack")) {
      var start = folder.resolve(at);
      if (Files.isDirectory(start)) {
        try (var files = Files.list(start)) {
          delete(files.filter(Mirror::isHalfWritten).toList());
        }
      }
    }
  }

  private static boolean isStaleLock(Path file) {
    var name = String.valueOf(file.getFileName());
    return name.endsWith(".lock") && !name.equals("fleetwright.lock") && Files.isRegularFile(file);
  }

  private static boolean isHalfWritten(Path file) {
    var name = String.valueOf(file.getFileName());
    return Files.isRegularFile(file)
        && (name.startsWith("incoming_")
            || name.startsWith("noz")
            || name.startsWith(".tmp-")
            || name.endsWith(".tmp"));
  }

  private static void delete(List<Path> files) throws IOException {
    for (var file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static final class LenientChecker extends ObjectChecker {
    LenientChecker() {
      for (var sin : ErrorType.values()) {
        setIgnore(sin, true);
      }
    }
  }

  private static final class UntilInterrupted extends EmptyProgressMonitor {
    @Override
    public boolean isCancelled() {
      return Thread.currentThread().isInterrupted();
    }
  }
}
