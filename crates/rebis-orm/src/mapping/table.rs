//! The table of a model, as the schema has it.

use super::registry::{Edge, Mapping};
use super::{ColumnPart, IndexPart, IndexedPart, OptionsPart};
use rebis_core::Name;
use rebis_sql::schema::{self, Table};

fn index(mapping: &Mapping, part: &IndexPart) -> schema::Index {
    let IndexPart { name, keys, unique, include, condition, full_text } = part;
    let column = |field: &str| mapping.field(field).map_or("", |c| mapping.columns()[c].name);
    let key = |(key, descending): &(IndexedPart, bool)| schema::IndexKey {
        descending: *descending,
        ..match key {
            IndexedPart::Field(field) => column(field).into(),
            IndexedPart::Sql(text) => schema::IndexKey::sql(*text),
        }
    };
    schema::Index {
        name: name.map(Name::from),
        keys: keys.iter().map(key).collect(),
        unique: *unique,
        include: include.iter().map(|field| column(field).into()).collect(),
        condition: condition.map(Name::from),
        full_text: full_text.map(|language| schema::FullTextIndex { language: language.map(Name::from) }),
    }
}

fn default(part: &ColumnPart) -> Option<schema::Default> {
    match part.sequence {
        Some(name) => Some(schema::Default::Sequence(name.into())),
        None => part.server_default.map(|sql| schema::Default::Sql(sql.into())),
    }
}

fn options(part: &OptionsPart) -> schema::TableOptions {
    let OptionsPart { strict, without_rowid, unlogged, engine, tablespace, storage } = part;
    schema::TableOptions {
        strict: *strict,
        without_rowid: *without_rowid,
        unlogged: *unlogged,
        engine: engine.map(Name::from),
        tablespace: tablespace.map(Name::from),
        storage: storage.map(Name::from),
    }
}

fn foreign_key(mapping: &Mapping, edge: &Edge) -> schema::ForeignKey {
    let name = |c: &usize| Name::from(mapping.columns()[*c].name);
    schema::ForeignKey {
        name: None,
        columns: edge.child_columns.iter().map(name).collect(),
        target_schema: edge.parent.parts().schema.map(Name::from),
        target_table: edge.parent.parts().table.into(),
        target_columns: edge.parent_columns.iter().map(|&c| edge.parent.columns()[c].name.into()).collect(),
        on_delete: edge.on_delete,
        on_update: edge.on_update,
    }
}

/// The table that the model maps.
pub(super) fn table(mapping: &Mapping) -> Table {
    let parts = mapping.parts();
    let mut table = Table::new(parts.table);
    table.schema = parts.schema.map(Name::from);
    table.comment = parts.comment.map(Name::from);
    table.renamed_from = parts.renamed_from.map(Name::from);
    table.options = options(&parts.options);
    let exclusion = |(name, sql): &(&'static str, &'static str)| schema::Exclusion {
        name: (*name).into(),
        sql: (*sql).into(),
    };
    table.exclusions = parts.exclusions.iter().map(exclusion).collect();
    table.primary_key = mapping.key().to_vec();
    let name = |c: &usize| Name::from(mapping.columns()[*c].name);
    let names = |fields: &[&str]| mapping.fields(fields).iter().map(name).collect::<Vec<_>>();
    for (info, part) in mapping.columns().iter().zip(parts.columns) {
        table.columns.push(schema::Column {
            nullable: part.nullable,
            kept: part.kept,
            // What is said of the column comes before what is said of its type.
            spelt: part
                .sql_types
                .iter()
                .chain(part.kept.iter().flat_map(|kept| kept.types))
                .map(|(of, spelt)| ((*of).into(), (*spelt).into()))
                .collect(),
            default: default(part),
            generated: part.generated,
            identity: part.identity,
            computed: part.computed.map(|sql| schema::Computed { sql: sql.into(), stored: part.stored }),
            comment: part.comment.map(Name::from),
            renamed_from: part.renamed_from.map(Name::from),
            ..schema::Column::new(info.name, info.sql_type.clone())
        });
        if part.unique {
            table.uniques.push(schema::Unique { name: None, columns: vec![info.name.into()] });
        }
        if part.index {
            table.indexes.push(schema::Index::new([info.name]));
        }
        if let Some(check) = part.check {
            let column = Some(info.name.into());
            table.checks.push(schema::Check { name: None, column, condition: check.into() });
        }
    }
    for (given, fields) in parts.uniques {
        table.uniques.push(schema::Unique { name: given.map(Name::from), columns: names(fields) });
    }
    table.indexes.extend(parts.indexes.iter().map(|part| index(mapping, part)));
    for (given, check) in parts.checks {
        table.checks.push(schema::Check {
            name: given.map(Name::from),
            column: None,
            condition: (*check).into(),
        });
    }
    // No constraint can point to a view.
    let edges = mapping.foreign_keys().iter().filter(|edge| !edge.parent.is_view());
    table.foreign_keys.extend(edges.map(|edge| foreign_key(mapping, edge)));
    table
}
