/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Json;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a journal line by line and puts its records together to runs. */
final class JournalReader {
    /** A run takes some kilobytes; ten thousand runs are nobody's. */
    private static final int MAX_BYTES = 64 << 20;

    private final String path;
    private final List<RunBuilder> runs = new ArrayList<>();
    private long endBytes;

    private JournalReader(String path) {
        this.path = path;
    }

    static JournalReader of(StorageFile file) throws IOException, SetupException {
        JournalReader reader = new JournalReader(String.valueOf(file.path()));
        long size = file.sizeBytes();
        if (size > MAX_BYTES) {
            throw reader.damaged(0, size + " bytes; expected at most " + MAX_BYTES);
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        file.read(bytes, 0);
        reader.parse(bytes.array(), bytes.position());
        return reader;
    }

    /** Returns where the last whole record ends. */
    long endBytes() {
        return endBytes;
    }

    History history() {
        return new History(runs.stream().map(RunBuilder::build).toList());
    }

    private void parse(byte[] bytes, int length) throws SetupException {
        int start = 0;
        int number = 1;
        for (int i = 0; i < length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            byte[] line = new byte[i - start];
            System.arraycopy(bytes, start, line, 0, line.length);
            // A last line that is torn inside a block may still end in the right byte.
            boolean last = i == length - 1;
            try {
                add(Json.parseObject(line));
            } catch (ControlException | DateTimeParseException | IllegalArgumentException e) {
                if (last) {
                    return;
                }
                throw damaged(number, String.valueOf(e.getMessage()));
            }
            start = i + 1;
            endBytes = start;
            number++;
        }
    }

    private void add(ObjectNode json) {
        String kind = text(json, "record");
        if (kind.equals("run")) {
            runs.add(new RunBuilder(json));
            return;
        }
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a record '" + kind + "' before any run");
        }
        RunBuilder run = runs.getLast();
        switch (kind) {
            case "begin" -> run.begin(text(json, "step"), deed(json), memo(json));
            case "end" -> run.end(text(json, "step"), deed(json), text(json, "error"));
            case "close" -> run.result = Optional.of(text(json, "result"));
            case "commit" -> run.committed = true;
            default -> throw new IllegalArgumentException("record '" + kind + "' is not known");
        }
    }

    private static Run.Deed deed(ObjectNode json) {
        return Run.Deed.valueOf(text(json, "deed"));
    }

    private static Memo memo(ObjectNode json) {
        Map<String, String> facts = new HashMap<>();
        if (json.get("memo") instanceof ObjectNode memo) {
            for (String name : memo.propertyNames()) {
                facts.put(name, text(memo, name));
            }
        }
        return new Memo(facts);
    }

    private static String text(ObjectNode json, String name) {
        @Nullable JsonNode value = json.get(name);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException(name + ": missing, or no text");
        }
        return value.stringValue();
    }

    private SetupException damaged(int line, String why) {
        return new SetupException(
                SetupException.Reason.FAILED,
                "journal " + path + ", line " + line + ": " + why,
                "move the file away and run 'gnomon setup repair', or 'uninstall': both look at what is there");
    }

    /** A run that is being read. */
    private static final class RunBuilder {
        private final long number;
        private final Run.Header header;
        private final Instant startedAt;
        private final List<Run.Entry> entries = new ArrayList<>();
        private Optional<String> result = Optional.empty();
        private boolean committed;

        RunBuilder(ObjectNode json) {
            number = json.path("run").asLong();
            startedAt = Instant.parse(text(json, "time"));
            List<String> created = new ArrayList<>();
            json.path("created").forEach(each -> created.add(each.asString()));
            header = new Run.Header(
                    text(json, "command"),
                    text(json, "version"),
                    text(json, "programDir"),
                    json.path("fromMsi").asBoolean(),
                    created);
        }

        void begin(String step, Run.Deed deed, Memo memo) {
            entries.add(new Run.Entry(step, deed, memo, false, ""));
        }

        void end(String step, Run.Deed deed, String error) {
            int last = entries.size() - 1;
            Run.Entry begun = last < 0 ? null : entries.get(last);
            if (begun == null || !begun.step().equals(step) || begun.deed() != deed || begun.ended()) {
                throw new IllegalArgumentException("the end of step '" + step + "', which was not begun");
            }
            entries.set(last, new Run.Entry(step, deed, begun.memo(), true, error));
        }

        Run build() {
            return new Run(number, header, startedAt, entries, result, committed);
        }
    }
}
