package dev.fleetwright.adapters.git;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.RemoteUnavailable;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.project.RepositoryServing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.RevWalkUtils;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/// Repositories as bare mirrors under one folder, read and fetched with JGit: no `git` has to be
/// installed, and nothing of the user's or the machine's Git configuration counts.
///
/// Addresses may be `https://…` and, where allowed, repositories on this machine; `ssh` is not
/// supported yet. A host in trouble is left in peace. A commit stays readable after a force push.
/// Mirrors are not repacked yet, so each fetch that brings something adds one pack file.
///
/// The folder belongs to one instance of one process at a time.
public final class GitRepositories implements Repositories, RepositoryServing, AutoCloseable {

  private static final Pattern ABBREVIATED = Pattern.compile("[0-9a-fA-F]{4,40}");
  private static final int MOST_PATHS = WorkTree.Limits.USUAL.files();

  private final Path folder;
  private final boolean allowLocalRepositories;
  private final WorkTree.Limits limits;
  private final InstantSource clock = InstantSource.system();
  private final Courtesy courtesy =
      new Courtesy(new SplittableRandom(System.nanoTime()), System::nanoTime);
  private final Map<ProjectName, Mirror> mirrors = new ConcurrentHashMap<>();

  /// @param folder where mirrors are kept, as `<project>.git`; made when first needed
  /// @param allowLocalRepositories whether absolute paths, `file:` addresses and `https` to this
  ///   machine's loopback may be fetched; whoever may name a repository can then read every
  ///   repository that the server can
  public GitRepositories(Path folder, boolean allowLocalRepositories) {
    this(folder, allowLocalRepositories, WorkTree.Limits.USUAL);
  }

  GitRepositories(Path folder, boolean allowLocalRepositories, WorkTree.Limits limits) {
    PlainSystem.install();
    this.folder = folder.toAbsolutePath().normalize();
    this.allowLocalRepositories = allowLocalRepositories;
    this.limits = limits;
  }

  @Override
  public SortedMap<String, CommitSha> fetch(ProjectName project, String repository)
      throws IOException {
    var remote = Remote.of(repository, allowLocalRepositories);
    try {
      return switch (remote) {
        case Remote.Local _ -> fetch(project, remote, repository, new Heard(clock));
        case Remote.Https https -> ask(project, https, repository);
      };
    } catch (RemoteUnavailable e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("fetching " + repository + " for project " + project, e);
    }
  }

  private SortedMap<String, CommitSha> ask(
      ProjectName project, Remote.Https remote, String repository) throws IOException {
    var visit = courtesy.visit(remote.authority());
    var heard = new Heard(clock);
    try {
      var references = fetch(project, remote, repository, heard);
      visit.answered();
      return references;
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        visit.givenUp();
        throw e;
      }
      var trouble = heard.trouble(e);
      if (trouble.isPresent()) {
        throw visit.failed(trouble.get(), heard.again(), e);
      }
      visit.answered();
      throw e;
    } catch (RuntimeException | Error e) {
      visit.givenUp();
      throw e;
    }
  }

  private SortedMap<String, CommitSha> fetch(
      ProjectName project, Remote remote, String repository, Heard heard) throws IOException {
    return mirror(project).fetch(remote, repository, allowLocalRepositories, heard);
  }

  @Override
  public SortedMap<String, CommitSha> references(ProjectName project) throws IOException {
    var repository = mirror(project).opened();
    return repository.isPresent() ? Mirror.references(repository.get()) : new TreeMap<>();
  }

  @Override
  public Optional<String> defaultBranch(ProjectName project) throws IOException {
    var repository = mirror(project).opened();
    if (repository.isEmpty()) {
      return Optional.empty();
    }
    var head = repository.get().exactRef(Constants.HEAD);
    return head == null || !head.isSymbolic() || head.getObjectId() == null
        ? Optional.empty()
        : Optional.of(Repository.shortenRefName(head.getTarget().getName()));
  }

  /// {@inheritDoc}
  ///
  /// In this order: a full commit name, `HEAD`, a branch, a tag, a full reference name
  /// (`refs/heads/main`), an abbreviated commit name of at least four digits. Anything else that
  /// Git calls a revision (`main~3`, `@{upstream}`, `:/text`) is nothing here.
  @Override
  public Optional<CommitSha> resolve(ProjectName project, String reference) throws IOException {
    var opened = mirror(project).opened();
    if (opened.isEmpty() || !wellFormed(reference)) {
      return Optional.empty();
    }
    var repository = opened.get();
    try (var walk = new RevWalk(repository)) {
      if (reference.length() == 40 && ABBREVIATED.matcher(reference).matches()) {
        return shaOf(Mirror.commitBehind(walk, ObjectId.fromString(reference)));
      }
      for (var name : names(reference)) {
        var ref = repository.exactRef(name);
        if (ref != null) {
          return shaOf(Mirror.commitBehind(walk, ref.getObjectId()));
        }
      }
      if (!ABBREVIATED.matcher(reference).matches()) {
        return Optional.empty();
      }
      var commits = new ArrayList<RevCommit>();
      for (var id : walk.getObjectReader().resolve(AbbreviatedObjectId.fromString(reference))) {
        if (walk.parseAny(id) instanceof RevCommit commit) {
          commits.add(commit);
        }
      }
      return commits.size() == 1 ? shaOf(Optional.of(commits.getFirst())) : Optional.empty();
    }
  }

  @Override
  public Optional<Commit> commit(ProjectName project, CommitSha sha) throws IOException {
    var repository = mirror(project).opened();
    if (repository.isEmpty()) {
      return Optional.empty();
    }
    try (var walk = new RevWalk(repository.get())) {
      return Optional.of(describe(find(walk, project, sha)));
    } catch (NoSuchCommit e) {
      return Optional.empty();
    }
  }

  @Override
  public List<Commit> log(ProjectName project, CommitSha from, int most) throws IOException {
    try (var walk = new RevWalk(known(project))) {
      walk.markStart(find(walk, project, from));
      var newest = new ArrayList<Commit>();
      for (var next = walk.next(); next != null && newest.size() < most; next = walk.next()) {
        newest.add(describe(next));
      }
      return newest;
    }
  }

  @Override
  public Optional<byte[]> file(ProjectName project, CommitSha sha, String path, int most)
      throws IOException {
    if (path.isEmpty() || path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    var repository = known(project);
    try (var walk = new RevWalk(repository);
        var entry =
            TreeWalk.forPath(walk.getObjectReader(), path, find(walk, project, sha).getTree())) {
      if (entry == null || !isFile(entry.getFileMode())) {
        return Optional.empty();
      }
      var content = walk.getObjectReader().open(entry.getObjectId(0), Constants.OBJ_BLOB);
      if (content.getSize() > most) {
        throw new IOException(
            "`%s` has %,d bytes; at most %,d are read".formatted(path, content.getSize(), most));
      }
      return Optional.of(content.getBytes(most));
    }
  }

  /// {@inheritDoc}
  ///
  /// Links are among them, submodules are not.
  ///
  /// @throws IOException also when there are more than 500 000
  @Override
  public List<String> paths(ProjectName project, CommitSha sha) throws IOException {
    try (var walk = new RevWalk(known(project));
        var tree = new TreeWalk(walk.getObjectReader())) {
      tree.addTree(find(walk, project, sha).getTree());
      tree.setRecursive(true);
      var paths = new ArrayList<String>();
      while (tree.next()) {
        if (!tree.getFileMode().equals(FileMode.GITLINK)) {
          add(paths, tree);
        }
      }
      return paths;
    }
  }

  @Override
  public List<String> changedPaths(ProjectName project, CommitSha from, CommitSha to)
      throws IOException {
    try (var walk = new RevWalk(known(project));
        var trees = new TreeWalk(walk.getObjectReader())) {
      trees.addTree(find(walk, project, from).getTree());
      trees.addTree(find(walk, project, to).getTree());
      trees.setRecursive(true);
      trees.setFilter(TreeFilter.ANY_DIFF);
      var paths = new ArrayList<String>();
      while (trees.next()) {
        add(paths, trees);
      }
      return paths;
    }
  }

  @Override
  public int ahead(ProjectName project, CommitSha from, CommitSha to) throws IOException {
    try (var walk = new RevWalk(known(project))) {
      return RevWalkUtils.count(walk, find(walk, project, to), find(walk, project, from));
    }
  }

  /// {@inheritDoc}
  ///
  /// `HEAD` is detached at the commit, as a GitLab runner has it; branches are remote-tracking
  /// branches, tags are tags, `origin` is the address that was last fetched from. Objects are
  /// borrowed from the mirror, so the folder works while the mirror is there. Files hold the bytes
  /// of the repository: no filters, no change of line endings. A submodule is an empty folder.
  ///
  /// @throws IOException also for names that mean `.git` on some file system, for links into `.git`
  ///   or in a circle, and for what exceeds the limits on files and sizes; the folder may then be
  ///   half full
  @Override
  public void checkOut(ProjectName project, CommitSha sha, String ref, Path folder)
      throws IOException {
    var mirror = known(project);
    try (var walk = new RevWalk(mirror)) {
      var commit = find(walk, project, sha);
      var branch = Constants.R_HEADS + Repository.shortenRefName(ref);
      var tag = Constants.R_TAGS + Repository.shortenRefName(ref);
      var gone =
          wellFormed(ref) && Repository.isValidRefName(branch) && mirror.exactRef(tag) == null;
      var origin = mirror(project).origin(mirror).orElse("");
      new WorkTree(mirror, folder, limits)
          .lay(commit, gone ? Optional.of(branch) : Optional.empty(), origin);
    } catch (NoSuchCommit e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("checking out commit %s of %s".formatted(sha.brief(), project), e);
    }
  }

  @Override
  public void advertise(Offer offer, String protocol, OutputStream out) throws IOException {
    Sending.advertise(known(offer.project()), offer, protocol, out);
  }

  @Override
  public void send(Offer offer, String protocol, InputStream in, OutputStream out)
      throws IOException {
    Sending.send(known(offer.project()), offer, protocol, in, out);
  }

  /// Let go of open files. The instance may be used again.
  @Override
  public void close() {
    mirrors.values().forEach(Mirror::close);
  }

  private Mirror mirror(ProjectName project) {
    return mirrors.computeIfAbsent(project, p -> new Mirror(folder.resolve(p + ".git")));
  }

  private Repository known(ProjectName project) throws IOException {
    return mirror(project)
        .opened()
        .orElseThrow(() -> new IOException("nothing was fetched yet for project " + project));
  }

  /// Whether a text can be a reference at all; keeps options, several lines and Git's little
  /// languages out (CVE-2026-40938).
  private static boolean wellFormed(String reference) {
    return !reference.isEmpty()
        && reference.length() <= 255
        && !reference.startsWith("-")
        && Repository.isValidRefName(Constants.R_HEADS + reference);
  }

  private static List<String> names(String reference) {
    if (reference.equals(Constants.HEAD)) {
      return List.of(Constants.HEAD);
    }
    var names =
        new ArrayList<>(List.of(Constants.R_HEADS + reference, Constants.R_TAGS + reference));
    if (reference.startsWith(Constants.R_HEADS) || reference.startsWith(Constants.R_TAGS)) {
      names.add(reference);
    }
    return names;
  }

  private static RevCommit find(RevWalk walk, ProjectName project, CommitSha sha)
      throws IOException {
    try {
      if (sha.value().length() == 40) {
        return walk.parseCommit(ObjectId.fromString(sha.value()));
      }
    } catch (MissingObjectException | IncorrectObjectTypeException e) {
      throw new NoSuchCommit(project, sha, e);
    }
    throw new NoSuchCommit(project, sha, null);
  }

  private static Commit describe(RevCommit commit) {
    var author = Optional.ofNullable(commit.getAuthorIdent());
    return new Commit(
        new CommitSha(commit.name()),
        commit.getShortMessage(),
        commit.getFullMessage(),
        author.map(a -> a.getName()).orElse(""),
        author.map(a -> a.getEmailAddress()).orElse(""),
        Instant.ofEpochSecond(commit.getCommitTime()),
        java.util.Arrays.stream(commit.getParents()).map(p -> new CommitSha(p.name())).toList());
  }

  private static Optional<CommitSha> shaOf(Optional<RevCommit> commit) {
    return commit.map(c -> new CommitSha(c.name()));
  }

  private static boolean isFile(FileMode mode) {
    return mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
  }

  private static void add(List<String> paths, TreeWalk at) throws IOException {
    if (paths.size() == MOST_PATHS) {
      throw new IOException("there are more than %,d paths".formatted(MOST_PATHS));
    }
    paths.add(at.getPathString());
  }

  private static final class NoSuchCommit extends IOException {
    NoSuchCommit(ProjectName project, CommitSha sha, @Nullable IOException cause) {
      super("commit %s is not in the mirror of %s".formatted(sha.brief(), project), cause);
    }
  }
}
