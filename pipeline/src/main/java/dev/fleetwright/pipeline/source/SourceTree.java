package dev.fleetwright.pipeline.source;

import java.util.List;

/// The files of a repository at one commit: what reading a pipeline may look at.
///
/// Paths are relative to the root, with `/`, without `.` or `..` parts, and without a `/` in front.
/// A caller never passes another one; an implementation refuses it all the same. It also refuses
/// symbolic links that lead out of the tree, and answers the same for the same path however often
/// it is asked: a tree is one commit and does not move.
public interface SourceTree {

  /// What became of reading one file.
  sealed interface Content {
    record Text(String text) implements Content {}

    record Missing() implements Content {}

    /// It is there and is not given out: too large, not UTF-8, a directory, a link out of the tree.
    ///
    /// @param reason a clause that goes on "the file …"
    record Refused(String reason) implements Content {}
  }

  /// Paths of all files, sorted. Links are listed if they can be read.
  List<String> paths();

  /// @param mostBytes a larger file is [Content.Refused], without reading it all
  Content read(String path, int mostBytes);
}
