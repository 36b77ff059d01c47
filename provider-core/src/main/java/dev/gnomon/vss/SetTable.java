/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What each call does to a set in each state: provider contract 1.7, as the one table that the code executes. Out-of-order calls
 * are refused as Microsoft's sample provider does; the rows of states on their way follow that of PROCESSING_PREPARE.
 */
final class SetTable {
    /** What a call does. */
    enum Action {
        /** A set begins. */
        START,
        /** The set gets another volume. */
        ADD,
        /** The set is discarded, another begins. */
        REPLACE,
        /** The set is finished as CREATED, another begins. */
        SUCCEED,
        /** The call does its work, and takes the set from one state to the next. */
        RUN,
        /** VSS_E_PROVIDER_VETO; the set stays as it is. */
        VETO,
        /** VSS_E_PROVIDER_VETO; the set is discarded. */
        DROP,
        /** VSS_E_OBJECT_NOT_FOUND. */
        ABSENT,
        /** S_OK; nothing happens. */
        DONE,
        /** S_OK; the set is discarded. */
        DISCARD,
        /** S_OK; the call that is on its way ends with VSS_E_PROVIDER_VETO, and the set is discarded. */
        CANCEL
    }

    private static final String TABLE = """
            state                      | BEGIN BEGIN_OTHER | END_PREPARE PRE_COMMIT COMMIT POST_COMMIT | PRE_FINAL POST_FINAL | ABORT
            UNKNOWN                    | START START       | ABSENT      ABSENT     ABSENT ABSENT      | VETO      VETO       | DONE
            PREPARING                  | ADD   REPLACE     | RUN         DROP       DROP   DROP        | DROP      DROP       | DISCARD
            PROCESSING_PREPARE         | VETO  REPLACE     | VETO        VETO       VETO   VETO        | VETO      VETO       | CANCEL
            PREPARED                   | DROP  REPLACE     | DROP        RUN        DROP   DROP        | DROP      DROP       | DISCARD
            PROCESSING_PRECOMMIT       | VETO  REPLACE     | VETO        VETO       VETO   VETO        | VETO      VETO       | CANCEL
            PRECOMMITTED               | DROP  REPLACE     | DROP        DROP       RUN    DROP        | DROP      DROP       | DISCARD
            PROCESSING_COMMIT          | VETO  REPLACE     | VETO        VETO       VETO   VETO        | VETO      VETO       | CANCEL
            COMMITTED                  | DROP  REPLACE     | DROP        DROP       DROP   RUN         | DROP      DROP       | DISCARD
            PROCESSING_POSTCOMMIT      | VETO  REPLACE     | VETO        VETO       VETO   VETO        | VETO      VETO       | CANCEL
            POSTCOMMITTED              | VETO  SUCCEED     | VETO        VETO       VETO   VETO        | RUN       VETO       | DISCARD
            PROCESSING_PREFINALCOMMIT  | VETO  SUCCEED     | VETO        VETO       VETO   VETO        | VETO      VETO       | CANCEL
            PREFINALCOMMITTED          | VETO  SUCCEED     | VETO        VETO       VETO   VETO        | VETO      RUN        | DISCARD
            PROCESSING_POSTFINALCOMMIT | VETO  SUCCEED     | VETO        VETO       VETO   VETO        | VETO      VETO       | CANCEL
            CREATED                    | VETO  START       | VETO        VETO       VETO   VETO        | DONE      DONE       | DONE
            ABORTED                    | VETO  START       | ABSENT      ABSENT     ABSENT ABSENT      | VETO      VETO       | DONE
            """;

    private static final Map<SetState, Map<SetCall, Action>> ACTIONS = parse();

    private SetTable() {}

    private static Map<SetState, Map<SetCall, Action>> parse() {
        List<List<String>> rows = TABLE.lines()
                .map(line -> List.of(line.replace('|', ' ').strip().split(" +")))
                .toList();
        List<SetCall> calls =
                rows.getFirst().stream().skip(1).map(SetCall::valueOf).toList();
        Map<SetState, Map<SetCall, Action>> actions = new EnumMap<>(SetState.class);
        for (List<String> row : rows.subList(1, rows.size())) {
            Map<SetCall, Action> of = new EnumMap<>(SetCall.class);
            for (int i = 0; i < calls.size(); i++) {
                of.put(calls.get(i), Action.valueOf(row.get(i + 1)));
            }
            actions.put(SetState.valueOf(row.getFirst()), of);
        }
        return actions;
    }

    /** Returns what a call does to a set in that state. */
    static Action of(SetState state, SetCall call) {
        Map<SetCall, Action> row = ACTIONS.get(state);
        Action action = row == null ? null : row.get(call);
        if (action == null) {
            throw new IllegalStateException("the table has no cell for " + call + " in " + state);
        }
        return action;
    }
}
