package dev.fleetwright.pipeline.source;

import java.util.Optional;

/// Files that a pipeline includes from somewhere else than its own commit.
///
/// Reading a pipeline asks for the same thing any number of times and expects the same answer: an
/// implementation fixes a branch to a commit when it is first asked. It decides what may be
/// fetched, for whom, from which hosts; it bounds time and size, and follows no redirect to a host
/// that it would not have asked. Addresses come from people who can push, so they are not trusted.
public interface Elsewhere {

  /// What became of a question.
  sealed interface Answer<T> {
    record Found<T>(T value) implements Answer<T> {}

    /// It is not there, may not be fetched, or did not come.
    ///
    /// @param reason a clause that goes on "… cannot be included: "
    record No<T>(String reason) implements Answer<T> {}

    /// Nobody looked, so that nothing is known: what is checked stays incomplete and cannot be run.
    record NotLooked<T>() implements Answer<T> {}
  }

  /// A commit of a project.
  ///
  /// @param project its path, such as `group/lib`
  record Commit(SourceTree tree, String project, String sha) {}

  /// `include: project`.
  ///
  /// @param ref branch, tag or commit; empty for the default branch
  Answer<Commit> project(String path, Optional<String> ref);

  /// The project of `include: component`.
  ///
  /// @param host that the address names, with its port
  /// @param version tag, commit, branch, `~latest`, or a part of a version such as `1.2`
  Answer<Commit> component(String host, String project, String version);

  /// `include: remote`.
  ///
  /// @param integrity the digest that the file must have, if one is written: what is known to have
  ///   it need not be fetched. The caller checks it all the same.
  Answer<String> remote(String url, Optional<String> integrity);

  /// `include: template`, one of GitLab's own.
  ///
  /// @param name such as `Jobs/Build.gitlab-ci.yml`
  Answer<String> template(String name);

  /// A file that a job of the parent pipeline made, for a child pipeline.
  Answer<String> artifact(String job, String path);

  /// Where there is no server and no network.
  Elsewhere OFFLINE = new Offline();
}
