//! How many tasks a list has: from the counters where they know it, else by counting.

use diesel::prelude::*;
use hexado_domain::id::UserId;
use hexado_domain::task::{Priority, StatusFilter, TaskFilter};

use super::PgTaskStore;
use super::filter::{CountTasks, Filter};
use crate::error::Failure;
use crate::schema::{category_counters, user_counters};

/// All tasks of a kind, and the completed ones.
type Counts = (i64, i64);

impl PgTaskStore {
    pub(super) async fn count(&self, user: &UserId, filter: &TaskFilter) -> Result<i64, Failure> {
        let counts = match filter {
            TaskFilter {
                shared: false,
                words: None,
                due_before: None,
                due_after: None,
                priority,
                category,
                status: _,
            } => match (priority, category) {
                (None, None) => self.all(user).await?,
                (Some(priority), None) => self.of_priority(user, *priority).await?,
                (None, Some(category)) => self.of_category(user, category.as_str()).await?,
                (Some(_), Some(_)) => return self.counted(user, filter).await,
            },
            _ => return self.counted(user, filter).await,
        };
        let (total, completed) = counts.into_iter().next().unwrap_or_default();
        Ok(match filter.status {
            StatusFilter::All => total,
            StatusFilter::Pending => total - completed,
            StatusFilter::Completed => completed,
        })
    }

    async fn all(&self, owner: &UserId) -> Result<Vec<Counts>, Failure> {
        use user_counters::{completed, table, total};
        self.db.read(&table.find(owner.as_str()).select((total, completed))).await
    }

    async fn of_priority(&self, owner: &UserId, priority: Priority) -> Result<Vec<Counts>, Failure> {
        use user_counters::{
            high_completed, high_total, low_completed, low_total, medium_completed, medium_total, table,
        };
        let row = table.find(owner.as_str());
        match priority {
            Priority::Low => self.db.read(&row.select((low_total, low_completed))).await,
            Priority::Medium => self.db.read(&row.select((medium_total, medium_completed))).await,
            Priority::High => self.db.read(&row.select((high_total, high_completed))).await,
        }
    }

    async fn of_category(&self, owner: &UserId, category: &str) -> Result<Vec<Counts>, Failure> {
        use category_counters::{completed, table, total};
        self.db.read(&table.find((owner.as_str(), category)).select((total, completed))).await
    }

    async fn counted(&self, user: &UserId, filter: &TaskFilter) -> Result<i64, Failure> {
        let counts = self.db.search(&CountTasks(Filter::of(user.as_str(), filter))).await?;
        counts.into_iter().next().ok_or_else(|| Failure::unexpected("a count was not returned"))
    }
}
