/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MsiTableTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path folder;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path file;

    @BeforeEach
    void writeTable() throws IOException {
        file = folder.resolve("Property.idt");
        Files.writeString(file, "Property\tValue\r\ns72\tS255\r\nProperty\tProperty\r\nB\tb\r\nA\t\r\n");
    }

    @Test
    void rowsAreWrittenInOrder() throws IOException {
        MsiTable.read(file).write();

        assertThat(file).hasContent("Property\tValue\r\ns72\tS255\r\nProperty\tProperty\r\nA\t\r\nB\tb\r\n");
    }

    @Test
    void rowsAreAddedAndChangedByTheirKey() throws Exception {
        MsiTable table = MsiTable.read(file);

        table.put("B", "Value", "new");
        table.put("C", "Value", "c");
        table.setWhere("Property", "A", "Value", "a");
        table.setType("Value", "S0");
        table.write();

        assertThat(file).hasContent("Property\tValue\r\ns72\tS0\r\nProperty\tProperty\r\nA\ta\r\nB\tnew\r\nC\tc\r\n");
    }

    @Test
    void rowsAndColumnsThatAreExpectedAndAbsentAreNamed() throws IOException {
        MsiTable table = MsiTable.read(file);

        assertThatThrownBy(() -> table.put("B", "Valeu", "x"))
                .isInstanceOf(PackagingException.class)
                .hasMessage("Property.idt: no column Valeu in [Property, Value]");
        assertThatThrownBy(() -> table.setWhere("Value", "z", "Value", "x"))
                .isInstanceOf(PackagingException.class)
                .hasMessage("Property.idt: no row has Value 'z'");
    }
}
