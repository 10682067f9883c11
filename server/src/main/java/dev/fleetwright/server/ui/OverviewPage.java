package dev.fleetwright.server.ui;

import java.util.List;

/// Environments and versions over all projects.
///
/// @param attention deploys that wait for a person
/// @param moreWait whether more wait than are shown
/// @param filter what the shown projects were filtered by
/// @param earlier the page before; leads nowhere on the first
/// @param empty whether there is no project at all
/// @param looking whether targets are being asked for the first time; the page is renewed soon then
record OverviewPage(
    List<Count> counts,
    List<DeployRow> attention,
    boolean moreWait,
    List<Column> columns,
    List<Row> rows,
    String filter,
    String range,
    Link earlier,
    Link later,
    boolean empty,
    boolean looking) {

  OverviewPage {
    counts = List.copyOf(counts);
    attention = List.copyOf(attention);
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  record Count(String number, String words, Badge badge) {}

  /// Environments of one name, or of one folder such as `review/*`.
  record Column(String name, String tier) {}

  record Row(Link project, String branch, List<Cell> cells) {
    Row {
      cells = List.copyOf(cells);
    }
  }

  /// What a project has in a column.
  ///
  /// @param column its head, for screens that are too narrow for columns
  /// @param more leads to the rest when there are too many to show
  record Cell(String column, List<EnvironmentTile> tiles, Link more) {
    Cell {
      tiles = List.copyOf(tiles);
    }
  }
}
