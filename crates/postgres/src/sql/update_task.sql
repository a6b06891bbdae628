-- After n, the task as it shall be.
    UPDATE tasks AS t SET
        title = n.title,
        title_key = n.title_key,
        description = n.description,
        category = n.category,
        priority = n.priority,
        due_at = n.due_at,
        completed_at = n.completed_at,
        version = n.version,
        updated_at = n.updated_at
    FROM n
    WHERE t.id = n.id AND t.user_id = n.user_id AND t.version = n.made_from AND t.sharing = n.sharing
    RETURNING t.*
